"""What can be wrong with a chain, each fault as a sentence with its remedy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import DeskhouseError
from ingestion.key_folder import FOLDER_VARIABLE
from orchestration.ledger.files import digest_of
from orchestration.ledger.keys import Signer
from orchestration.ledger.link import GENESIS, Link, accepted_losses
from orchestration.ledger.marks import Mark

_ACCEPT = "deskhouse ledger accept --by NAME --second NAME --reason TEXT"
Lines = Sequence[tuple[bytes, Link]]
Recorded = Callable[[Path], tuple[int, str] | None]


class LedgerError(DeskhouseError):
    """The ledger does not verify, or cannot be written."""


@dataclass(frozen=True)
class Fault:
    """What is seen, and what to do; ``is_loss`` when nothing is broken but what others remember is missing."""

    seen: str
    remedy: str = ""
    is_loss: bool = False


def refuse(faults: Sequence[Fault]) -> None:
    """Raise all faults as one error.

    Raises:
        LedgerError: there is one.
    """
    if not faults:
        return
    seen = " ".join(fault.seen for fault in faults)
    remedies = dict.fromkeys(fault.remedy for fault in faults if fault.remedy)
    said = " ".join(f"{remedy[0].upper()}{remedy[1:]};" for remedy in remedies)
    raise LedgerError(
        f"The ledger does not verify: {seen} {said} until then no month can be closed.".replace(
            "  ", " "
        )
    )


def chain_faults(
    folder: Path, lines: Lines, marks: Iterable[Mark], signer: Signer | None, recorded: Recorded
) -> list[Fault]:
    """Faults of files and lines; of signatures and marks only when those are whole.

    Args:
        folder: of the ledger.
        lines: of its list, with the bytes they were read from.
        marks: heads remembered elsewhere.
        signer: the key of this house, None when there is none.
        recorded: place and predecessor that a file names.
    """
    restore = f"restore {folder} from a backup"
    links = [link for _, link in lines]
    broken = [Fault(seen, restore) for seen in _broken(folder, links, recorded)]
    if broken:
        return broken
    return [*_unsigned(folder, lines, signer), *_losses(folder, links, marks, signer)]


def _broken(folder: Path, links: Sequence[Link], recorded: Recorded) -> Iterator[str]:
    previous = before = None
    for place, link in enumerate(links, start=1):
        path = folder / link.file
        if link.previous != (previous or GENESIS) or link.seq <= (before.seq if before else 0):
            yield f"{folder / 'chain.jsonl'} line {place} does not follow the line before it."
        if not path.is_file():
            path = folder / f".{link.file}.pending"
        if not path.is_file():
            yield f"{folder / link.file} is missing."
        elif digest_of(path) != link.sha256:
            yield f"{folder / link.file} was changed after it was written."
        elif recorded(path) != (link.seq, previous or GENESIS):
            yield f"{path} was written behind another file than {before.file if before else 'the beginning'}."
        previous, before = link.sha256, link
    counted = {link.file for link in links}
    for path in sorted(folder.glob("*.parquet")) if folder.is_dir() else ():
        if path.name not in counted:
            yield f"{path} is not in the list chain.jsonl."


def _unsigned(folder: Path, lines: Lines, signer: Signer | None) -> Iterator[Fault]:
    """Lines that nobody signed although lines before them are signed, or that were changed since."""
    links = [link for _, link in lines]
    first = next((place for place, link in enumerate(links) if link.signature), None)
    if first is None:
        return
    restore = f"restore {folder} from a backup"
    last = links[-1]
    if last.signature and (signer is None or last.key != signer.fingerprint):
        yield Fault(
            f"{folder / 'chain.jsonl'} is signed with the key {last.key}, which is not the one of this house "
            f"({signer.fingerprint if signer else 'there is none'}).",
            f"put that key back from its backup, or name its folder in {FOLDER_VARIABLE}; "
            f"if it is lost for good: {_ACCEPT}",
            is_loss=True,
        )
    before = hashlib.sha256()
    for place, (text, link) in enumerate(lines, start=1):
        ours = signer is not None and link.key == signer.fingerprint
        is_wrong = place > first and (not link.signature or link.lines != before.hexdigest())
        if is_wrong or (ours and signer is not None and not link.is_signed_by(signer.public)):
            yield Fault(
                f"{folder / 'chain.jsonl'} line {place} ({link.file}) does not bear the signature of who wrote it.",
                restore,
            )
        before.update(text)


def _losses(
    folder: Path, links: Sequence[Link], marks: Iterable[Mark], signer: Signer | None
) -> Iterator[Fault]:
    """Heads that others remember and the chain does not have: it was cut, set back, replaced or deleted."""
    known = {link.head for link in links} | accepted_losses(links)
    told: set[str] = set()
    for mark in marks:
        link = mark.link
        if link is None or link.head in known or link.head in told or is_forged(mark, signer):
            continue
        told.add(link.head)
        end = f"ends at {links[-1].seq} ({links[-1].sha256[:12]})" if links else "is empty or gone"
        yield Fault(
            f"{mark.place} remembers the ledger up to file {link.seq} ({link.sha256[:12]}, {link.at}), but "
            f"{folder} {end}: it was cut, set back to an older state or replaced.",
            f"restore the newest state of {folder} from a backup; if it is lost for good: {_ACCEPT}",
            is_loss=True,
        )


def is_forged(mark: Mark, signer: Signer | None) -> bool:
    """Whether a mark claims our key and does not bear its signature: it witnesses nothing."""
    link = mark.link
    if link is None or not link.signature:
        return True
    return (
        signer is not None
        and link.key == signer.fingerprint
        and not link.is_signed_by(signer.public)
    )


def lost_heads(links: Sequence[Link], marks: Iterable[Mark], signer: Signer | None) -> list[str]:
    """The heads that are missing, in order."""
    known = {link.head for link in links} | accepted_losses(links)
    found = {
        mark.link.head
        for mark in marks
        if mark.link is not None and mark.link.head not in known and not is_forged(mark, signer)
    }
    return sorted(found, key=lambda head: int(head.split(":")[0]))
