"""Which tickets a load reads: all of them once, then what is open, what was written to, what is open no more."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ingestion.quarantine import VendorQuarantine
from ingestion.readable import readable
from ingestion.sources.edesk.client import EdeskClient
from ingestion.sources.edesk.known import OPEN_STATUSES, Known, State
from ingestion.unchanged import Row

logger = logging.getLogger(__name__)

OVERLAP = timedelta(days=2)
"""The filter takes days of the account's zone, and instants are UTC: it is asked for two days more (notes D2)."""

CONTINUES = "continues"
"""Set in the state of the stream while the load paused before its end (see ``ingestion.pipeline``)."""

FIRST_ORDER = {"order_by": "id", "order_direction": "asc"}
"""New tickets come at the end of this order, so that a first load goes on at the page where it stopped."""


@dataclass
class Poll:
    """Tickets that one load has read, and the states that are new."""

    rows: dict[int, Row] = field(default_factory=dict)
    states: list[Row] = field(default_factory=list)


class Polling:
    """One load's reading of tickets.

    ``memory`` is kept from load to load: ``page`` and ``begun_at`` of a first load; ``polled_at`` and ``window_from``
    of the last whole poll; ``late``, the tickets that ceased to be open and are still to be read, each with the poll
    that saw it last.
    """

    def __init__(
        self,
        client: EdeskClient,
        known: Known,
        row_of: Callable[[dict[str, Any]], Row],
        admitted: Callable[[list[Row]], list[Row]],
        quarantine: VendorQuarantine,
        as_of: datetime,
        start: date | None,
        max_calls: int,
        memory: dict[str, Any],
    ) -> None:
        self._client = client
        self._known = known
        self._row_of = row_of
        self._admitted = admitted
        self._quarantine = quarantine
        self._as_of = as_of
        self._start = start
        self._max_calls = max_calls
        self._memory = memory
        self._begun = client.calls
        self._poll = Poll()
        self._late: dict[str, str] = dict(memory.get("late") or {})
        self._previous: dict[str, Any] = {
            name: memory.get(name) for name in ("polled_at", "window_from")
        }

    @property
    def is_spent(self) -> bool:
        """Whether this load has made its share of calls."""
        return 0 < self._max_calls <= self._client.calls - self._begun

    def pause(self) -> None:
        """Note that the load stops before its end and the next one goes on."""
        self._memory[CONTINUES] = True

    def run(self) -> Poll:
        """Read what this load has to."""
        goes_on = self._memory.pop(CONTINUES, False)
        now = self._as_of.isoformat()
        if self._memory.get("polled_at") is None:
            self._read_all()
        elif goes_on and self._memory["polled_at"] == now:
            self._read_late()
        else:
            self._read_changed()
        return self._poll

    def _read_all(self) -> None:
        """The first load, page by page; it remembers the page it has come to."""
        filters = dict(FIRST_ORDER)
        if self._start is not None:
            filters["filter_created_at_gte"] = self._start.isoformat()
        begun_at = self._memory.setdefault("begun_at", self._as_of.isoformat())
        while not self.is_spent:
            page = self._client.page("/tickets", int(self._memory.get("page", 1)), filters)
            self._take(page.records)
            self._memory["page"] = page.number + 1
            if page.is_last:
                self._memory["polled_at"] = begun_at
                self._memory["window_from"] = self._days_before(begun_at)
                if begun_at == self._as_of.isoformat():
                    return
                break
        self.pause()

    def _read_changed(self) -> None:
        """Open tickets, tickets with a message or made since the last poll, and those that are open no more."""
        open_before = self._known.open_tickets()
        since = self._days_before(str(self._memory["polled_at"]))
        lists = [{"filter_status_equals": status} for status in OPEN_STATUSES]
        lists += [{"filter_last_updated_at_gte": since}, {"filter_created_at_gte": since}]
        for filters in lists:
            for records in self._client.pages("/tickets", FIRST_ORDER | filters):
                self._take(records)
        polled_at = str(self._memory["polled_at"])
        self._memory["late"] = {
            str(one): self._late.get(str(one), polled_at)
            for one in sorted(open_before - self._poll.rows.keys())
        }
        self._memory["window_from"] = since
        self._memory["polled_at"] = self._as_of.isoformat()
        self._late |= self._memory["late"]
        self._read_late()

    def _read_late(self) -> None:
        """Tickets that are in no list of open ones any more, one by one."""
        waiting: dict[str, str] = self._memory.get("late") or {}
        for ticket_id in list(waiting):
            if self.is_spent:
                self.pause()
                return
            record = self._client.one(f"/tickets/{ticket_id}")
            if record is None:
                self._note(self._gone(int(ticket_id)))
            else:
                self._take([record])
            del waiting[ticket_id]
            self._memory["late"] = waiting

    def _take(self, records: Iterable[Any]) -> None:
        found = readable(self._quarantine, "tickets", "/tickets", records, self._row_of, "id")
        self._note(self._admitted(list(found)))

    def _gone(self, ticket_id: int) -> list[Row]:
        """A ticket that the vendor knows no more, as it was."""
        gone = {"status": "Archived", "missing_since": self._as_of.isoformat()}
        return [row | gone for row in self._known.tickets([ticket_id])]

    def _note(self, rows: list[Row]) -> None:
        """Keep tickets, and the states that differ from what was known; a ticket met twice in a load counts once."""
        fresh = {row["id"]: row for row in rows if row["id"] not in self._poll.rows}
        states = self._known.states(one for one in fresh if isinstance(one, int))
        for ticket_id, row in fresh.items():
            self._poll.rows[ticket_id] = row
            state = self._state_row(row, states.get(ticket_id))
            if state is not None:
                self._poll.states.append(state)

    def _state_row(self, row: Row, known: State | None) -> Row | None:
        values = (row["status"], row["owner_user_id"], row["tags_ids"])
        if known is not None and known.values == values:
            return None
        previous = None if known is None else self._seen_before(row["id"], known)
        return {
            "ticket_id": row["id"],
            "seen_at": self._as_of.isoformat(),
            "status": row["status"],
            "owner_user_id": row["owner_user_id"],
            "tags_ids": row["tags_ids"],
            "previous_seen_at": previous.isoformat() if previous is not None else None,
        }

    def _seen_before(self, ticket_id: int, known: State) -> datetime | None:
        """When the ticket was last met in its old state: at the last whole poll if that one had to read it."""
        if known.seen_at == self._as_of:
            return known.previous_seen_at
        polled_at = self._late.get(str(ticket_id)) or self._previous["polled_at"]
        window = self._previous["window_from"]
        written_at = known.last_updated_at
        # A day more than asked for, because the day begins in a zone that is not known here.
        is_in_window = (
            window is not None
            and written_at is not None
            and written_at.date() > date.fromisoformat(window)
        )
        if polled_at is None or not (known.status in OPEN_STATUSES or is_in_window):
            return known.seen_at
        return max(known.seen_at, datetime.fromisoformat(polled_at))

    @staticmethod
    def _days_before(instant: str) -> str:
        return (datetime.fromisoformat(instant) - OVERLAP).date().isoformat()
