"""The chain of ledger files: Parquet, written once, each carrying the hash of its predecessor, each line signed.

``ledger/chain.jsonl`` lists the files with their hashes. An append writes its files under pending names, then replaces
the list in one rename, then names the files: a process killed before the rename added nothing, one killed after it
added everything. Appends take a lock of their own, whether the caller holds the writer's lock or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from orchestration.ledger.accepting import adopt_unsigned, say_aloud
from orchestration.ledger.faults import Fault, LedgerError, chain_faults, refuse
from orchestration.ledger.files import digest_of, folder_lock, sync_folder, write_whole
from orchestration.ledger.keys import keys_dir, load_signer, make_signer
from orchestration.ledger.link import GENESIS, Link
from orchestration.ledger.listing import read_lines
from orchestration.ledger.look_back import LOOK_BACK_FILE
from orchestration.ledger.marks import (
    Mark,
    marks_beside_key,
    marks_in_publications,
    prepare_marks,
    write_mark,
)
from orchestration.ledger.operator import operator
from orchestration.ledger.parquet import recorded, write_pending
from orchestration.warehouse import engine_errors

__all__ = ["CHAIN_FILE", "GENESIS", "Ledger", "LedgerError", "Link"]

CHAIN_FILE = "chain.jsonl"


class Ledger:
    """The chain under ``folder``, a folder of the home; nothing is read from it that does not verify."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder.parent

    @property
    def path(self) -> Path:
        """The list of files."""
        return self.folder / CHAIN_FILE

    @property
    def links(self) -> list[Link]:
        """All files in order, as the list has them, unverified.

        Raises:
            LedgerError: the list of files cannot be read.
        """
        return [link for _, link in read_lines(self.path)]

    @property
    def head(self) -> str:
        """Hash of the last file."""
        links = self.links
        return links[-1].sha256 if links else GENESIS

    @property
    def keys(self) -> Path:
        """Folder of the key and of the marks."""
        return keys_dir(self.home)

    def files(self, table: str) -> list[tuple[int, Path]]:
        """Place and path of every file of a table.

        Raises:
            LedgerError: the chain does not verify.
        """
        with self._reading():
            self.verify()
            return [(link.seq, self._place(link)) for link in self.links if link.table == table]

    def _place(self, link: Link) -> Path:
        """Where a file lies; one whose writer was killed before the last step has no name yet."""
        path = self.folder / link.file
        return path if path.exists() else self.folder / f".{link.file}.pending"

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nobody else appends during the block: for those who append by what they have read."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with folder_lock(self.folder, is_exclusive=True):
                yield
        except PermissionError as error:
            raise LedgerError(
                f"{self.folder} cannot be written ({error.strerror}): make it yours; nothing was recorded."
            ) from error

    def append(
        self, tables: Mapping[str, pa.Table], accepted: Sequence[str] | None = None
    ) -> list[Link]:
        """Add one file per table, all or none.

        Args:
            tables: rows by table name; empty tables are left out.
            accepted: only for :mod:`orchestration.ledger.accepting`, which has looked at the faults itself: heads
                whose loss is accepted with it.

        Raises:
            LedgerError: what is there does not verify; nothing is added to a broken chain.
            SigningKeyError: there is no key that could sign.
            DiskFullError: nothing was added.
        """
        if (self.home / LOOK_BACK_FILE).exists():
            raise LedgerError(
                f"{self.home} is a look-back, which records nothing: use the home it looks back from."
            )
        filled = {name: rows for name, rows in tables.items() if rows.num_rows}
        with engine_errors(self.folder), self.exclusive():
            if accepted is None:
                self.verify()
            if not filled:
                return []
            if accepted is None and self.is_unsigned:
                adopt_unsigned(self)
            self._name_pending(self.links)
            added = self._signed(filled, tuple(accepted or ()))
            self._commit(added)
        return added

    @property
    def is_unsigned(self) -> bool:
        """Whether an older version wrote it and nobody has signed it since."""
        links = self.links
        return bool(links) and not any(link.signature for link in links)

    def _signed(self, tables: Mapping[str, pa.Table], lost: tuple[str, ...]) -> list[Link]:
        """Write the files under pending names; returns the lines that will count them."""
        for path in self.folder.glob(".*.parquet.pending"):
            path.unlink()
        links = self.links
        # Verified: a chain with a signed line has its key, so none is made beside one that got lost.
        signer = make_signer(self.keys)
        before = links[-1] if links else None
        seq = max([link.seq for link in links] + [int(head.split(":")[0]) for head in lost] + [0])
        known = [link.chain for link in links if link.chain]
        chain = known[-1] if known else self._lost_chain(lost)
        at, who = datetime.now(UTC).isoformat(timespec="seconds"), str(operator())
        text = self.path.read_bytes() if links else b""
        added: list[Link] = []
        for table, rows in tables.items():
            seq += 1
            link = write_pending(
                self.folder, seq, table, rows, before.sha256 if before else GENESIS
            )
            link = replace(
                link,
                chain=chain,
                at=at,
                operator=who,
                lines=hashlib.sha256(text).hexdigest(),
                lost=() if added else lost,
            ).signed(signer)
            added.append(link)
            before, text = link, text + link.to_json().encode() + b"\n"
        return added

    def _lost_chain(self, lost: tuple[str, ...]) -> str:
        """Id to go on with: that of the chain whose loss was accepted, else a new one."""
        known = [mark.link for mark in self.marks([]) if mark.link and mark.link.head in lost]
        return known[-1].chain if known else uuid4().hex

    def _commit(self, added: list[Link]) -> None:
        text = self.path.read_bytes() if self.path.exists() else b""
        lines = "".join(f"{link.to_json()}\n" for link in added)
        prepare_marks(self.keys)
        write_whole(self.path, text + lines.encode())
        self._name_pending(added)
        self.remember()

    def _name_pending(self, links: Iterable[Link]) -> None:
        """Finish an append whose list was written: what it counts gets its name."""
        is_named = False
        for link in links:
            path, pending = self.folder / link.file, self.folder / f".{link.file}.pending"
            if not path.exists() and pending.is_file() and digest_of(pending) == link.sha256:
                pending.replace(path)
                is_named = True
        if is_named:
            sync_folder(self.folder)

    def remember(self) -> None:
        """Bring the mark beside the key up to date; what was recorded stays recorded when that fails."""
        links = self.links
        if not links or not links[-1].signature:
            return
        try:
            write_mark(self.keys, self.home, links[-1])
        except OSError as error:
            say_aloud(
                f"{self.keys} could not be written ({error.strerror}), so the end of the ledger is remembered by "
                "publications alone: make it yours."
            )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if not self.folder.is_dir():
            yield
            return
        with folder_lock(self.folder, is_exclusive=False):
            yield

    def marks(self, links: Sequence[Link]) -> list[Mark]:
        """What key folder and publications remember of this home's ledger."""
        chain = next((link.chain for link in reversed(links) if link.chain), "")
        return [
            *marks_beside_key(self.keys, self.home, chain),
            *marks_in_publications(self.home / "published"),
        ]

    def faults(self, more_marks: Iterable[Mark] = ()) -> list[Fault]:
        """What is not as it was written, each with its remedy; empty when the chain verifies.

        Args:
            more_marks: heads that the caller knows from elsewhere, such as the warehouse.
        """
        with self._reading():
            try:
                lines = read_lines(self.path)
            except LedgerError as error:
                return [Fault(str(error))]
            links = [link for _, link in lines]
            marks = [*self.marks(links), *more_marks]
            return chain_faults(self.folder, lines, marks, load_signer(self.keys), recorded)

    def problems(self) -> list[str]:
        """A sentence for every fault."""
        return [fault.seen for fault in self.faults()]

    def verify(self, more_marks: Iterable[Mark] = ()) -> None:
        """Prove the whole chain, and that it is at least as long as everybody remembers it.

        Raises:
            LedgerError: naming what is not what was written, and the remedy.
        """
        refuse(self.faults(more_marks))
