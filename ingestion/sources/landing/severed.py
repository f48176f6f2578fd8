"""Rows of forgotten people, met again in a file: one that is stored keeps its tombstone, a new one is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import pyarrow as pa

from ingestion.canonical import Table, tables
from ingestion.config import IngestionSettings
from ingestion.forgotten import REASON, SUPPRESSED, TEXTS, Forgotten, severed_rows
from ingestion.sources.landing.cells import Refusal
from ingestion.sources.landing.validation import Checked

_TICKETS = "tickets"
Stored = dict[tuple[str, ...], dict[str, Any]]


class Severed:
    """What a run's files say of forgotten people; it costs nothing while nobody was forgotten."""

    def __init__(
        self,
        settings: IngestionSettings,
        dataset: str,
        forgotten: Forgotten,
        read_tickets: Callable[[], object],
        is_looking: bool,
    ) -> None:
        """``read_tickets`` reads the sheets of tickets, so that it is known which are refused; see Forgotten."""
        self._settings = settings
        self._dataset = dataset
        self._forgotten = forgotten
        self._read_tickets = read_tickets
        self._is_looking = is_looking
        self._known: dict[str, Stored] = {}

    def settle(self, table: Table, file_name: str, checked: Checked) -> None:
        """Give stored rows their tombstones back, and refuse new rows of forgotten people and in refused tickets."""
        is_about_tickets = "ticket_id" in table.columns
        if not self._forgotten.is_used or not (table.personal or is_about_tickets):
            return
        if is_about_tickets and table.name != _TICKETS:
            self._read_tickets()
        stored = self._stored(table) if table.personal else {}
        checked.rows = [
            self._settled(table, file_name, checked, batch, stored) for batch in checked.rows
        ]

    def _settled(
        self, table: Table, file_name: str, checked: Checked, batch: pa.Table, stored: Stored
    ) -> pa.Table:
        rows: list[dict[str, Any]] | None = None
        kept: list[int] = []
        narrow = batch.select(self._looked_at(table)).to_pylist()
        for place, row in enumerate(narrow):
            known = stored.get(tuple(str(row[name]) for name in table.identity))
            changed = self._changed(table, row, known)
            if changed is None:
                self._refuse(table, file_name, checked, row)
                continue
            kept.append(place)
            if changed:
                rows = batch.to_pylist() if rows is None else rows
                rows[place] |= changed
        if rows is not None:
            return pa.Table.from_pylist([rows[place] for place in kept], schema=batch.schema)
        return batch if len(kept) == batch.num_rows else batch.take(pa.array(kept, pa.int64()))

    def _changed(
        self, table: Table, row: dict[str, Any], known: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """Columns of a row that must be otherwise; None for a row that is refused."""
        owner = row.get("subject_system") or row["source_system"]
        if known is not None:
            return {**known, **{name: None for name in TEXTS if row.get(name) is not None}}
        if any(SUPPRESSED in (row[name] or "") for name in table.personal):
            return None
        ticket = row.get("ticket_id")
        if ticket is None or table.name == _TICKETS:
            return {}
        if self._forgotten.is_refused(row["tenant_id"], owner, ticket):
            return None
        if (row["tenant_id"], owner, ticket) in self._severed_tickets:
            return {name: None for name in TEXTS if row.get(name) is not None}
        return {}

    def _refuse(self, table: Table, file_name: str, checked: Checked, row: dict[str, Any]) -> None:
        """Count a row as refused; of its content nothing is kept."""
        checked.refused_count += 1
        column = next((name for name in table.personal if name in table.columns), None)
        checked.refusals.append(Refusal(table.name, file_name, row["line_no"], column, REASON))
        if table.name == _TICKETS and not self._is_looking:
            self._forgotten.refuse_ticket(row["tenant_id"], row["source_system"], row["ticket_id"])

    def _looked_at(self, table: Table) -> list[str]:
        wanted = {*table.identity, *table.personal, "tenant_id", "source_system", "line_no"}
        wanted |= {
            name for name in ("ticket_id", "subject_system", *TEXTS) if name in table.columns
        }
        return sorted(wanted)

    def _stored(self, table: Table) -> Stored:
        if table.name not in self._known:
            self._known[table.name] = severed_rows(
                self._settings.warehouse,
                self._dataset,
                table.name,
                table.identity,
                list(table.personal),
            )
        return self._known[table.name]

    @cached_property
    def _severed_tickets(self) -> set[tuple[str, ...]]:
        found = self._stored(tables()[_TICKETS])
        return {(tenant, system, ticket) for tenant, system, ticket in found}
