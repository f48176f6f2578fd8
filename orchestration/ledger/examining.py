"""Everything there is to say about a ledger: for ``deskhouse doctor`` and ``deskhouse ledger verify``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.errors import DeskhouseError, WarehouseLockedError
from orchestration.ledger.anchor import warehouse_marks
from orchestration.ledger.chain import Ledger
from orchestration.ledger.faults import Fault, is_forged
from orchestration.ledger.keys import KEY_FILE, load_signer
from orchestration.ledger.marks import Mark
from orchestration.ledger.tables import ledger_of
from orchestration.locks import holds_run, run_lock
from orchestration.settings import Settings
from orchestration.warehouse import open_read_only


@dataclass(frozen=True)
class Examined:
    """Faults stop every close; notes are marks that prove nothing or a key that others can read."""

    facts: tuple[str, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def examine_ledger(settings: Settings) -> Examined:
    """Look at chain, signatures, key and marks; a fault is told, never raised."""
    ledger = ledger_of(settings.home)
    try:
        marks = marks_of_warehouse(settings)
        faults = ledger.faults(marks)
        if faults:
            return Examined((), tuple(faults), ())
        links = ledger.links
        all_marks = [*ledger.marks(links), *marks]
        notes = (*_notes(ledger, all_marks),)
    except DeskhouseError as error:
        return Examined((), (Fault(str(error)),), ())
    if not links:
        return Examined(("no month closed yet",), (), notes)
    head = links[-1]
    facts = [f"{len(links)} files verify, head {head.sha256[:16]}"]
    if head.signature:
        good = [mark for mark in all_marks if not is_forged(mark, load_signer(ledger.keys))]
        facts.append(
            f"file {head.seq} of {head.at}, signed by key {head.key}, remembered in {len(good)} other places"
        )
    else:
        facts.append("not signed yet: the next run adopts it")
    return Examined(tuple(facts), (), notes)


def marks_of_warehouse(settings: Settings) -> list[Mark]:
    """What the warehouse remembers of the ledger; nothing while a run is under way or when it cannot be read."""
    if not settings.warehouse.exists():
        return []
    mine = holds_run(settings.home)
    try:
        with (
            # A run that begins meanwhile waits, instead of finding the file open.
            nullcontext() if mine else run_lock(settings.home, "a look at the ledger", 0),
            open_read_only(settings.warehouse) as connection,
        ):
            return list(warehouse_marks(connection, settings.warehouse))
    except (WarehouseLockedError, OSError, duckdb.Error):
        return []


def _notes(ledger: Ledger, marks: list[Mark]) -> Iterator[str]:
    signer = load_signer(ledger.keys)
    for mark in marks:
        if mark.fault:
            yield f"{mark.fault} It proves nothing: remove it, the next run writes a new one."
        elif is_forged(mark, signer):
            yield f"{mark.place} holds a head that this house did not sign: find out who wrote it, then remove it."
    path: Path = ledger.keys / KEY_FILE
    if path.exists() and path.stat().st_mode & 0o077:
        yield f"{path} can be read by others, who could sign with it: chmod 600 {path}"
