"""The streams of one load: tickets, their states, their timeline items one by one, and the reference lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import dlt
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings
from ingestion.forgotten import Forgotten
from ingestion.privacy import Pseudonymiser
from ingestion.quarantine import Refused, VendorQuarantine
from ingestion.readable import readable
from ingestion.sources.edesk import columns
from ingestion.sources.edesk.client import EdeskClient
from ingestion.sources.edesk.known import Known, as_sent
from ingestion.sources.edesk.polling import Poll, Polling
from ingestion.sources.edesk.records import PLATFORM, Border, listed
from ingestion.sources.edesk.severed import SeveredTickets
from ingestion.sources.edesk.texts import keep_item
from ingestion.sources.marketplace.tables import RawTable
from ingestion.texts.keeper import TextKeeper
from ingestion.unchanged import Row, stored_rows

MISSING, FOREIGN, REFUSED = "Missing", "Foreign", "Refused"
"""Types of items that hold nothing but their place, so that they are not asked for again."""

ROWS_AT_A_TIME = 500


class Reader:
    """Reads one account; what its streams share is read once."""

    def __init__(
        self,
        settings: IngestionSettings,
        client: EdeskClient,
        tenant_id: str,
        start: date | None,
        max_calls: int,
        pseudonymiser: Pseudonymiser,
        quarantine: VendorQuarantine,
    ) -> None:
        self._settings = settings
        self._client = client
        self._tenant_id = tenant_id
        self._start = start
        self._max_calls = max_calls
        self._quarantine = quarantine
        forgotten = Forgotten(settings.home)
        self._severed = SeveredTickets(settings, forgotten, quarantine)
        self._border = Border(pseudonymiser, partial(forgotten.holds, tenant_id, PLATFORM))
        self._texts = TextKeeper(settings)
        self._known = Known(settings.warehouse)
        self._polling: Polling | None = None
        self._poll = Poll()

    def resources(self) -> list[DltResource]:
        """All resources, bound to their streams; the lists first, because tickets refer to them."""
        streams: list[tuple[RawTable, Callable[[], Iterator[list[Row]]]]] = [
            (table, partial(self._listed, path, table)) for path, table in columns.LISTS.items()
        ]
        streams += [
            (columns.TICKETS, self.tickets),
            (columns.TICKET_STATES, self.ticket_states),
            (columns.MESSAGES, self.messages),
        ]
        resources = [
            table.resource(self._quarantine.watched(self._emitting(table, read)))
            for table, read in streams
        ]
        return [*resources, self._quarantine.resource()]

    def tickets(self) -> Iterator[list[Row]]:
        """`listTickets`, and `getTicket` of those that ceased to be open."""
        yield list(self._polled()[1].rows.values())

    def ticket_states(self) -> Iterator[list[Row]]:
        """States of tickets that are others than when met before; nothing is ever replaced."""
        yield self._polled()[1].states

    def messages(self) -> Iterator[list[Row]]:
        """`getMessage` of every id that a ticket names and nobody has read, until the load's calls are used up."""
        polling, poll = self._polled()
        waiting: list[Row] = []
        for ticket_id, item_id in self._known.unread_items(poll.rows.values()):
            if polling.is_spent:
                polling.pause()
                break
            row = self._item(ticket_id, item_id)
            waiting += [row] if row is not None else []
            if len(waiting) >= ROWS_AT_A_TIME:
                yield waiting
                waiting = []
        self._texts.flush()
        yield waiting

    def _polled(self) -> tuple[Polling, Poll]:
        """The tickets of this load, read when first asked for."""
        if self._polling is None:
            self._polling = Polling(
                self._client,
                self._known,
                self._border.ticket,
                self._severed.admitted,
                self._quarantine,
                self._settings.as_of,
                self._start,
                self._max_calls,
                dlt.current.resource_state(columns.TICKETS.name),
            )
            self._poll = self._polling.run()
        return self._polling, self._poll

    def _item(self, ticket_id: int, item_id: int) -> Row | None:
        """One item; None when it cannot be read, which is tried again at the next run."""
        path = f"/messages/{item_id}"
        record = self._client.one(path)
        if record is None:
            return self._placeholder(ticket_id, item_id, MISSING)
        found = list(
            readable(self._quarantine, "messages", "/messages", [record], self._border.item, "id")
        )
        if not found:
            return None
        (row,) = found
        if row["ticket_id"] != ticket_id:
            self._refuse_foreign(ticket_id, item_id)
            return self._placeholder(ticket_id, item_id, FOREIGN)
        kept = self._severed.item(row)
        if kept is None:
            return self._placeholder(ticket_id, item_id, REFUSED)
        keep_item(self._texts, self._tenant_id, kept, record.get("body"))
        return kept

    def _refuse_foreign(self, ticket_id: int, item_id: int) -> None:
        reason = (
            f"item {item_id} of ticket {ticket_id} cannot be read: the vendor gives an item of another ticket under"
            " this id"
        )
        scope = f"{ticket_id}/{item_id}"
        self._quarantine.refuse(Refused("messages", scope, "", "/messages", None, "id", reason))

    def _placeholder(self, ticket_id: int, item_id: int, kind: str) -> Row:
        row: Row = dict.fromkeys(columns.MESSAGES.columns)
        at = self._settings.as_of.isoformat()
        return row | {"id": item_id, "ticket_id": ticket_id, "type": kind, "missing_since": at}

    def _listed(self, path: str, table: RawTable) -> Iterator[list[Row]]:
        """A reference list, read whole; entries that are in it no more get ``missing_since``."""
        records = [record for page in self._client.pages(path) for record in page]
        canonical = columns.CANONICAL_TABLES[table.name]
        rows = list(
            readable(self._quarantine, canonical, path, records, partial(listed, table), "id")
        )
        yield rows
        if len(rows) == len(records):
            # With an entry that could not be read nothing is known to be gone.
            yield self._gone(table, {row["id"] for row in rows})

    def _gone(self, table: RawTable, present: set[Any]) -> list[Row]:
        names = list(table.columns)
        stored = stored_rows(self._settings.warehouse, table.dataset, table.name, names)
        rows = [dict(zip(names, map(as_sent, row), strict=True)) for row in stored]
        at = self._settings.as_of.isoformat()
        return [
            row | {"missing_since": at}
            for row in rows
            if row["missing_since"] is None and row["id"] not in present
        ]

    def _emitting(
        self, table: RawTable, read: Callable[[], Iterator[list[Row]]]
    ) -> Callable[[], Iterator[Any]]:
        def items() -> Iterator[Any]:
            yield from table.changed_pages(self._settings, self._tenant_id, read())

        return items
