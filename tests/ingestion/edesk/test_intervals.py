"""Whatever happens between polls, and whichever of them die: an inferred change lies within its interval."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.sources.edesk.client import Page
from ingestion.sources.edesk.known import OPEN_STATUSES, State
from ingestion.sources.edesk.polling import CONTINUES, Polling
from ingestion.unchanged import Row

T0 = datetime(2026, 3, 1, tzinfo=UTC)
STEP = timedelta(hours=9)
TICKETS = (1, 2, 3, 4)
PAGE = 2


@dataclass
class Desk:
    """The vendor: each ticket's state as a function of the step, and when something was written to it."""

    states: dict[int, list[tuple[str, int | None]]]
    written: dict[int, set[int]]
    step: int = 0
    calls: int = 0

    def record(self, ticket_id: int) -> Row:
        status, owner = self.states[ticket_id][self.step]
        last = max((at for at in self.written[ticket_id] if at <= self.step), default=None)
        return {
            "id": ticket_id,
            "status": status,
            "owner_user_id": owner,
            "tags_ids": None,
            "messages_ids": None,
            "last_updated_at": None if last is None else (T0 + last * STEP).isoformat(),
        }

    def page(self, _: str, number: int, filters: dict[str, str]) -> Page:
        self.calls += 1
        rows = [row for row in map(self.record, TICKETS) if self._passes(row, filters)]
        shown = rows[(number - 1) * PAGE : number * PAGE]
        return Page(number, shown, number * PAGE >= len(rows))

    def pages(self, path: str, filters: dict[str, str]) -> Iterator[list[Any]]:
        number, is_last = 1, False
        while not is_last:
            page = self.page(path, number, filters)
            yield page.records
            number, is_last = number + 1, page.is_last

    def one(self, path: str) -> Row:
        self.calls += 1
        return self.record(int(path.rpartition("/")[2]))

    @staticmethod
    def _passes(row: Row, filters: dict[str, str]) -> bool:
        if "filter_status_equals" in filters:
            return bool(row["status"] == filters["filter_status_equals"])
        if "filter_last_updated_at_gte" in filters:
            day = date.fromisoformat(filters["filter_last_updated_at_gte"])
            begin = datetime.combine(day, time(0), UTC).isoformat()
            return row["last_updated_at"] is not None and row["last_updated_at"] >= begin
        # Every ticket is older than any window of creation.
        return "filter_created_at_gte" not in filters


@dataclass
class Warehouse:
    """What was committed: newest rows, states in order, and the memory of the stream."""

    rows: dict[int, Row] = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)

    def open_tickets(self) -> set[int]:
        return {one for one, row in self.rows.items() if row["status"] in OPEN_STATUSES}

    def states(self, ticket_ids: Iterable[int]) -> dict[int, State]:
        found: dict[int, State] = {}
        wanted = set(ticket_ids)
        for row in self.history:
            if row["ticket_id"] in wanted:
                written = self.rows[row["ticket_id"]]["last_updated_at"]
                found[row["ticket_id"]] = State(
                    row["status"],
                    row["owner_user_id"],
                    row["tags_ids"],
                    datetime.fromisoformat(row["seen_at"]),
                    datetime.fromisoformat(row["previous_seen_at"])
                    if row["previous_seen_at"]
                    else None,
                    datetime.fromisoformat(written) if written else None,
                )
        return found


class Quarantine:
    def read_again(self, table: str, scope: str) -> None:
        """Nothing is refused here."""


def poll(desk: Desk, house: Warehouse, max_calls: int, is_killed_after: int | None) -> None:
    """One run of several loads; ``is_killed_after`` loads it dies, and the load it was in is lost."""
    as_of = T0 + desk.step * STEP
    for number in range(200):
        memory = copy.deepcopy(house.memory)
        polling = Polling(
            desk,  # type: ignore[arg-type]
            house,  # type: ignore[arg-type]
            lambda record: dict(record),
            lambda rows: rows,
            Quarantine(),  # type: ignore[arg-type]
            as_of,
            None,
            max_calls,
            memory,
        )
        found = polling.run()
        if number == is_killed_after:
            return
        house.memory = memory
        house.rows |= found.rows
        keys = {(row["ticket_id"], row["seen_at"]) for row in found.states}
        house.history = [
            row for row in house.history if (row["ticket_id"], row["seen_at"]) not in keys
        ] + found.states
        if not memory.get(CONTINUES):
            return
    raise AssertionError("a run never ends")


STEPS = 10
STATE = st.tuples(
    st.sampled_from(["Open", "Pending", "Closed", "Closed", "Archived"]),
    st.sampled_from([None, 31, 32]),
)
HISTORY = st.lists(st.tuples(st.integers(1, 4), STATE), min_size=STEPS, max_size=STEPS).map(
    lambda spans: [state for length, state in spans for _ in range(length)][:STEPS]
)


@settings(max_examples=150, deadline=None)
@given(
    states=st.fixed_dictionaries(dict.fromkeys(TICKETS, HISTORY)),
    written=st.fixed_dictionaries(
        dict.fromkeys(TICKETS, st.sets(st.integers(0, STEPS - 1), max_size=4))
    ),
    polls=st.lists(
        st.tuples(
            st.integers(0, STEPS - 1),
            st.sampled_from([0, 1, 2, 5]),
            st.sampled_from([None, None, None, 0, 1, 2]),
        ),
        min_size=2,
        max_size=9,
    ),
)
def test_a_change_lies_within_its_interval(
    states: dict[int, list[tuple[str, int | None]]],
    written: dict[int, set[int]],
    polls: list[tuple[int, int, int | None]],
) -> None:
    desk, house = Desk(states, written), Warehouse()
    for step, max_calls, is_killed_after in sorted(polls, key=lambda one: one[0]):
        desk.step = step
        poll(desk, house, max_calls, is_killed_after)
    for ticket_id in TICKETS:
        before: Row | None = None
        for row in house.history:
            if row["ticket_id"] != ticket_id:
                continue
            seen, was = _step(row["seen_at"]), row["previous_seen_at"]
            assert (row["status"], row["owner_user_id"]) == states[ticket_id][seen]
            if before is None:
                assert was is None
            else:
                # It truly was as before when it is said to have been met so, and it truly changed since.
                assert _step(was) < seen
                assert states[ticket_id][_step(was)] == (before["status"], before["owner_user_id"])
            before = row


def _step(instant: str) -> int:
    return round((datetime.fromisoformat(instant) - T0) / STEP)
