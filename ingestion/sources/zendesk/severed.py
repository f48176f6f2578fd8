"""Records of forgotten people, delivered again: a row that is stored keeps its tombstone, a new one is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingestion.config import IngestionSettings
from ingestion.forgotten import REASON, SUPPRESSED, TEXTS, Forgotten, severed_rows
from ingestion.quarantine import Refused, VendorQuarantine
from ingestion.sources.zendesk.border import PLATFORM
from ingestion.sources.zendesk.columns import TICKETS, USERS, RawTable

Row = tuple[Any, ...]
_CANONICAL = {
    "tickets": "tickets",
    "ticket_events": "ticket_events",
    "ticket_metric_events": "ticket_events",
    "satisfaction_ratings": "satisfaction_responses",
    "users": "customers",
}
_NOBODY = "forgotten people"
"""Scope of refused records of people: the id of a person is no place to name in what is published."""


class SeveredRows:
    """What one run meets of forgotten people; it costs nothing while nobody was forgotten."""

    def __init__(
        self,
        settings: IngestionSettings,
        dataset: str,
        tenant_id: str,
        forgotten: Forgotten,
        quarantine: VendorQuarantine,
    ) -> None:
        self._settings = settings
        self._dataset = dataset
        self._tenant_id = tenant_id
        self._forgotten = forgotten
        self._quarantine = quarantine
        self._stored: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}

    def kept(self, table: RawTable, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that may be compared with what is stored; the others are refused, by ticket and never by person."""
        if not self._forgotten.is_used or table.name not in _CANONICAL:
            return rows
        settled = (self._settled(table, row) for row in rows)
        return [row for row in settled if row is not None]

    def _settled(self, table: RawTable, row: Row) -> Row | None:
        names = list(table.columns)
        known = self._known(table).get(tuple(str(row[names.index(name)]) for name in table.key))
        if known is not None:
            # Also whom the vendor names instead by now: numbers of the past stay, and nobody is told apart by them.
            return tuple(
                known.get(name, None if name in TEXTS else value)
                for name, value in zip(names, row, strict=True)
            )
        is_suppressed = any(isinstance(value, str) and SUPPRESSED in value for value in row)
        cells = dict(zip(names, row, strict=True))
        ticket = cells["id"] if table is TICKETS else cells.get("ticket_id")
        is_inside = table is not TICKETS and self._forgotten.is_refused(
            self._tenant_id, PLATFORM, ticket
        )
        if not (is_suppressed or is_inside):
            return row
        if is_suppressed and (table is TICKETS or cells.get("is_creation")):
            self._forgotten.refuse_ticket(self._tenant_id, PLATFORM, ticket)
        scope = _NOBODY if table is USERS else str(cells["id"])
        self._quarantine.refuse(
            Refused(_CANONICAL[table.name], scope, _NOBODY, table.name, None, None, REASON)
        )
        return None

    def _known(self, table: RawTable) -> dict[tuple[str, ...], dict[str, Any]]:
        if table.name not in self._stored:
            texts = [name for name, kind in table.columns.items() if kind == "text"]
            self._stored[table.name] = severed_rows(
                self._settings.warehouse, self._dataset, table.name, table.key, texts
            )
        return self._stored[table.name]
