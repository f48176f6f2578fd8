"""Taking over a chain that is not ours to prove: an unsigned one of an older version, or what a loss has left.

Both are records of the ledger itself (``signoffs``), so that nobody who reads it later has to ask.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingestion.errors import ConfigurationError
from orchestration.ledger.faults import LedgerError, lost_heads, refuse
from orchestration.ledger.keys import load_signer
from orchestration.ledger.operator import claimed_name, operator
from orchestration.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.ledger.chain import Ledger
    from orchestration.ledger.link import Link
    from orchestration.ledger.marks import Mark

ADOPTED, ACCEPTED = "ledger_adopted", "ledger_loss"
_EVERYBODY = "*"


def say_aloud(text: str) -> None:
    """Tell whoever runs this, at a terminal or in a log."""
    Terminal(is_error=True).line(f"ledger: {text}")


def adopt_unsigned(ledger: Ledger) -> None:
    """Sign a chain that an older version wrote, once; what happened to it before nobody can prove.

    Does nothing when the chain is empty or signed. The caller has verified it.
    """
    if not ledger.is_unsigned:
        return
    with ledger.exclusive():
        links = ledger.links
        if any(link.signature for link in links):
            return  # by another process, meanwhile
        head = links[-1]
        reason = f"{head.seq} files were written before the ledger was signed; from here on it is."
        _record(ledger, ADOPTED, head.head, claimed_name(None), None, reason, accepted=())
    say_aloud(
        f"adopted {head.seq} unsigned files of an older version (head {head.sha256[:16]}): compare with what you "
        "wrote down; from now on every file is signed."
    )


def accept_loss(
    ledger: Ledger, by: str, second: str, reason: str, more_marks: Iterable[Mark] = ()
) -> list[str]:
    """Go on with a ledger that lost its end, or its key, and write that into it; returns the heads that are lost.

    Args:
        ledger: what is left of it.
        by: who decides.
        second: who agrees.
        reason: why there is no backup.
        more_marks: heads known from the warehouse.

    Raises:
        ConfigurationError: names or reason are missing, or one person stands for two.
        LedgerError: nothing is lost, or files are broken, which a backup alone can heal.
    """
    refuse_one_person(by, second)
    if not reason.strip():
        raise ConfigurationError("A loss is accepted with a reason: add --reason TEXT.")
    with ledger.exclusive():
        marks = list(more_marks)
        faults = ledger.faults(marks)
        if not faults:
            raise LedgerError(
                "The ledger verifies: there is no loss to accept; nothing was recorded."
            )
        refuse([fault for fault in faults if not fault.is_loss])
        links = ledger.links
        signer = load_signer(ledger.keys)
        lost = lost_heads(links, [*ledger.marks(links), *marks], signer)
        subject = json.dumps({"kept": links[-1].head if links else None, "lost": lost})
        _record(ledger, ACCEPTED, subject, by, second, reason, accepted=lost)
    return lost


def refuse_one_person(by: str, second: str | None) -> None:
    """Two names for what nobody should decide alone.

    Raises:
        ConfigurationError: there is no second name, or it is the first again.
    """
    if not second or not second.strip():
        raise ConfigurationError("This needs a second person: add --second NAME.")
    if _same(by) == _same(second):
        raise ConfigurationError(
            f"--second {second} is the person of --by: a second one has to agree."
        )


def _same(name: str) -> str:
    return "".join(name.split()).casefold()


def lost_before(links: Iterable[Link]) -> int:
    """Place of the last file that was written before an accepted loss, 0 when nothing was lost.

    Numbers that were given out are not known any more; each is at most the place of its file.
    """
    return max((link.seq for link in links if link.lost), default=0)


def _record(
    ledger: Ledger,
    kind: str,
    subject: str,
    by: str,
    second: str | None,
    reason: str,
    accepted: Iterable[str],
) -> None:
    from orchestration.ledger.tables import ledger_instant, table_of

    at = datetime.now(UTC).replace(microsecond=0)
    row: dict[str, object] = {
        "signoff_id": f"{kind}-{at:%Y%m%dT%H%M%SZ}",
        # of no seller company alone; the gate on raw tables wants every row attributed
        "tenant_id": _EVERYBODY,
        "kind": kind,
        "subject": subject,
        "signed_by": by,
        "second_by": second,
        "reason": reason,
        "signed_at": ledger_instant(at),
        "operator": str(operator()),
    }
    ledger.append({"signoffs": table_of("signoffs", [row])}, accepted=list(accepted))
