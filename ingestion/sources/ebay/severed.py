"""Conversations of forgotten people, delivered again: a stored one keeps its tombstone, a new one is refused."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ingestion.config import IngestionSettings
from ingestion.forgotten import REASON, SUPPRESSED, TEXTS, Forgotten, severed_rows
from ingestion.quarantine import Refused, VendorQuarantine
from ingestion.sources.ebay.columns import CONVERSATIONS, MESSAGES
from ingestion.unchanged import Row, stored_rows


class SeveredThreads:
    """What one run meets of forgotten people; it costs nothing while nobody was forgotten."""

    def __init__(
        self, settings: IngestionSettings, forgotten: Forgotten, quarantine: VendorQuarantine
    ) -> None:
        self._settings = settings
        self._forgotten = forgotten
        self._quarantine = quarantine
        self._frozen: set[str] = set()

    def threads(self, rows: list[Row]) -> list[Row]:
        """The threads that may be compared with what is stored."""
        if not self._forgotten.is_used:
            return rows
        return [row for row in rows if self._is_kept(row)]

    def messages(self, rows: list[Row]) -> list[Row]:
        """Messages of a thread, without what a forgotten person wrote in it since."""
        if not rows or rows[0]["conversation_id"] not in self._frozen:
            return rows
        kept = []
        for row in rows:
            key = (row["conversation_id"], row["message_id"])
            if row["is_from_seller"] or key in self._known_messages:
                kept.append(row)
            else:
                self._refuse("messages", str(row["message_id"]))
        return kept

    def _is_kept(self, row: Row) -> bool:
        thread = row["conversation_id"]
        is_suppressed = row["customer_ref"] == SUPPRESSED
        known = self._stored.get((str(thread),))
        if known is not None:
            row |= dict.fromkeys((name for name in TEXTS if name in row), None) | known
            if is_suppressed:
                self._frozen.add(thread)
            return True
        if is_suppressed:
            self._refuse("tickets", str(thread))
        return not is_suppressed

    def _refuse(self, table: str, scope: str) -> None:
        self._quarantine.refuse(
            Refused(table, scope, "forgotten people", CONVERSATIONS.name, None, None, REASON)
        )

    @cached_property
    def _stored(self) -> dict[tuple[str, ...], dict[str, Any]]:
        return severed_rows(
            self._settings.warehouse,
            CONVERSATIONS.dataset,
            CONVERSATIONS.name,
            CONVERSATIONS.key,
            ["customer_ref"],
        )

    @cached_property
    def _known_messages(self) -> set[tuple[Any, ...]]:
        return set(
            stored_rows(
                self._settings.warehouse, MESSAGES.dataset, MESSAGES.name, list(MESSAGES.key)
            )
        )
