"""Tickets of forgotten people, delivered again: a stored one keeps its tombstone, a new one is refused."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ingestion.config import IngestionSettings
from ingestion.forgotten import REASON, SUPPRESSED, TEXTS, Forgotten, severed_rows
from ingestion.quarantine import Refused, VendorQuarantine
from ingestion.sources.edesk.columns import TICKETS
from ingestion.unchanged import Row

_NOBODY = "forgotten people"


class SeveredTickets:
    """What one run meets of forgotten people; it costs nothing while nobody was forgotten."""

    def __init__(
        self, settings: IngestionSettings, forgotten: Forgotten, quarantine: VendorQuarantine
    ) -> None:
        self._settings = settings
        self._forgotten = forgotten
        self._quarantine = quarantine

    def admitted(self, rows: list[Row]) -> list[Row]:
        """The tickets that may be compared with what is stored."""
        if not self._forgotten.is_used:
            return rows
        return [row for row in rows if self._is_admitted(row)]

    def item(self, row: Row) -> Row | None:
        """A timeline item, None for what a forgotten person has written since."""
        if row["from_consumer_ref"] != SUPPRESSED:
            return row
        self._refuse("messages", f"{row['ticket_id']}/{row['id']}")
        return None

    def _is_admitted(self, row: Row) -> bool:
        known = self._stored.get((str(row["id"]),))
        if known is not None:
            row |= dict.fromkeys((name for name in TEXTS if name in row), None) | known
            return True
        if row["contact_ref"] == SUPPRESSED:
            self._refuse("tickets", str(row["id"]))
            return False
        return True

    def _refuse(self, table: str, scope: str) -> None:
        self._quarantine.refuse(Refused(table, scope, _NOBODY, table, None, None, REASON))

    @cached_property
    def _stored(self) -> dict[tuple[str, ...], dict[str, Any]]:
        return severed_rows(
            self._settings.warehouse, TICKETS.dataset, TICKETS.name, TICKETS.key, ["contact_ref"]
        )
