"""The incremental exports: cursor based for tickets and users, time based for ticket events and metric events.

All of them withhold the most recent minute (trap Z6) and repeat rows at page borders (trap Z4).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.tickets import Ticket
from ingestion.simulator.zendesk.event_json import event_json
from ingestion.simulator.zendesk.index import ExportIndex
from ingestion.simulator.zendesk.metrics import (
    MetricRow,
    MetricSets,
    metric_event_json,
    metric_rows,
)
from ingestion.simulator.zendesk.paging import (
    MAX_EXPORT_PAGE,
    BadRequest,
    Row,
    decode_cursor,
    encode_cursor,
    integer,
)
from ingestion.simulator.zendesk.people_json import People
from ingestion.simulator.zendesk.ticket_json import ticket_json

WITHHELD_SECONDS = 60
_LAST_ID = 1 << 62
_KEPT_PARAMETERS = ("include", "per_page", "exclude_deleted", "support_type_scope")
"""Parameters that the links to the next page repeat."""

_METRIC_EVENTS_CURSOR_PAGE = 100
_Item = TypeVar("_Item")


class Exports:
    """Answers the incremental endpoints; ``now`` is the vendor's clock at the request."""

    def __init__(self, index: ExportIndex, people: People, base_url: str, overlap: int) -> None:
        self.index = index
        self.people = people
        self.base_url = base_url
        self.overlap = overlap
        self.metric_sets = MetricSets(index.world)
        self._metric_rows: list[MetricRow] | None = None

    # -- cursor exports -----------------------------------------------------------------------

    def _begin(self, params: QueryParams, now: datetime) -> tuple[tuple[int, int], int, int]:
        """Position to start behind, instant shown, and page size of a cursor export."""
        instant = epoch(now) - WITHHELD_SECONDS
        size = max(1, min(integer(params, "per_page", MAX_EXPORT_PAGE), MAX_EXPORT_PAGE))
        if params.get("cursor"):
            return decode_cursor(params["cursor"]), instant, size
        return (_start_time(params, now) - 1, _LAST_ID), instant, size

    def _cursor_page(
        self,
        found: Iterable[tuple[int, int, _Item]],
        path: str,
        params: QueryParams,
        begin: tuple[int, int],
        size: int,
    ) -> tuple[list[_Item], Row]:
        """Cut a page of (timestamp, id, item) and write its envelope."""
        page = list(islice(found, size + 1))
        is_end = len(page) <= size
        page = page[:size]
        # The next page begins a few rows early, unless that would make it stand still.
        keep = len(page) if is_end else max(1, len(page) - min(self.overlap, size - 1))
        last = (page[keep - 1][0], page[keep - 1][1]) if page else begin
        cursor = encode_cursor(last)
        kept = {name: params[name] for name in _KEPT_PARAMETERS if name in params}
        envelope: Row = {
            "after_cursor": cursor,
            "after_url": f"{self.base_url}{path}?{urlencode(kept | {'cursor': cursor})}",
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": is_end,
        }
        return [item for _, _, item in page], envelope

    def tickets(self, params: QueryParams, now: datetime) -> Row:
        """``/incremental/tickets/cursor``: each ticket at its latest change, deleted ones with status deleted."""
        begin, instant, size = self._begin(params, now)
        skip_deleted = params.get("exclude_deleted") == "true"
        scope = params.get("support_type_scope", "agent")
        found = (
            (seen, ticket.ticket_id, ticket)
            for seen, ticket in self.index.changed_tickets(begin, instant)
            if not (skip_deleted and self._is_deleted(ticket, instant))
            and scope in ("all", self.index.support_type(ticket, instant))
        )
        page, envelope = self._cursor_page(
            found, "/api/v2/incremental/tickets/cursor.json", params, begin, size
        )
        with_metrics = "metric_sets" in params.get("include", "")
        rows: list[Row] = []
        for ticket in page:
            row = ticket_json(self.index, self.base_url, ticket, instant)
            if with_metrics:
                updated = self.index.generated(ticket.ticket_id, instant) or ticket.created
                row["metric_set"] = self.metric_sets.metric_set(
                    ticket, instant, self.base_url, updated
                )
            rows.append(row)
        return {"tickets": rows} | envelope

    def _is_deleted(self, ticket: Ticket, instant: int) -> bool:
        return "deleted" in ticket.planted and any(
            audit.seen <= instant
            and any(fact[:3] == ("set", "status", "deleted") for fact in audit.facts)
            for audit in ticket.audits
        )

    def _deleted_ids(self, instant: int) -> set[int]:
        """Ids of the tickets that are deleted at ``instant``."""
        return {t.ticket_id for t in self.index.deletable if self._is_deleted(t, instant)}

    def users(self, params: QueryParams, now: datetime) -> Row:
        """``/incremental/users/cursor``: each user at the latest change."""
        begin, instant, size = self._begin(params, now)
        changes = self.people.changes
        found = (
            (at, user_id, user_id)
            for at, user_id in islice(changes, bisect_right(changes, begin), None)
            if at <= instant and self.people.changed_at(user_id, instant) == at
        )
        page, envelope = self._cursor_page(
            found, "/api/v2/incremental/users/cursor.json", params, begin, size
        )
        return {"users": [self.people.user_json(user_id, instant) for user_id in page]} | envelope

    # -- time-based exports -------------------------------------------------------------------

    def ticket_events(self, params: QueryParams, now: datetime) -> Row:
        """``/incremental/ticket_events``: audits by their own time; late ones appear behind the reader's back."""
        start, instant = _start_time(params, now), epoch(now) - WITHHELD_SECONDS
        size = max(1, min(integer(params, "per_page", MAX_EXPORT_PAGE), MAX_EXPORT_PAGE))
        with_comments = "comment_events" in params.get("include", "")
        scope = params.get("support_type_scope", "agent")
        events = self.index.events
        rows: list[Row] = []
        is_end = True
        for position in range(bisect_left(self.index.event_times, start), len(events)):
            at, _, ticket, audit = events[position]
            if at > instant:
                break
            if audit.seen > instant or scope not in (
                "all",
                self.index.support_type(ticket, instant),
            ):
                continue
            if len(rows) >= size and at != rows[-1]["timestamp"]:
                is_end = False
                break
            rows.append(event_json(self.index, ticket, audit, instant, with_comments=with_comments))
        return (
            {"ticket_events": rows}
            | self._time_envelope(
                "/api/v2/incremental/ticket_events.json", params, rows, "timestamp", start, is_end
            )
            | {"end_of_stream": is_end}
        )

    def _time_envelope(
        self, path: str, params: QueryParams, rows: list[Row], key: str, start: int, is_end: bool
    ) -> Row:
        end_time = rows[-1][key] if rows else start
        if not is_end and end_time == start:
            end_time += 1
        kept = {name: params[name] for name in _KEPT_PARAMETERS if name in params}
        url = f"{self.base_url}{path}?{urlencode(kept | {'start_time': end_time})}"
        return {"count": len(rows), "end_time": end_time, "next_page": url}

    def _metric_positions(self) -> list[MetricRow]:
        """Every metric event in order, built at the first call."""
        if self._metric_rows is None:
            tickets = self.index.world.tickets
            self._metric_rows = sorted(row for ticket in tickets for row in metric_rows(ticket))
        return self._metric_rows

    def ticket_metric_events(self, params: QueryParams, now: datetime) -> Row:
        """``/incremental/ticket_metric_events``: time based, or with ``page[size]`` by cursor."""
        start, instant = _start_time(params, now), epoch(now) - WITHHELD_SECONDS
        by_cursor = "page[size]" in params or "page[after]" in params
        most = _METRIC_EVENTS_CURSOR_PAGE if by_cursor else MAX_EXPORT_PAGE
        size = max(1, min(integer(params, "page[size]" if by_cursor else "per_page", most), most))
        positions = self._metric_positions()
        begin = (start, 0, 0, 0, "", "")
        if params.get("page[after]"):
            begin = (*decode_cursor(params["page[after]"]), _LAST_ID, 0, "", "")
        skip_deleted = params.get("exclude_deleted") == "true"
        deleted = self._deleted_ids(instant)
        shown: list[MetricRow] = []
        is_end = True
        for position in range(bisect_right(positions, begin), len(positions)):
            row = positions[position]
            if row[0] > instant:
                break
            if row[2] > instant or (skip_deleted and row[3] in deleted):
                continue
            if len(shown) >= size and (by_cursor or row[0] != shown[-1][0]):
                is_end = False
                break
            shown.append(row)
        answer: Row = {
            "ticket_metric_events": [
                metric_event_json(row) | {"deleted": row[3] in deleted} for row in shown
            ]
        }
        if not by_cursor:
            times = [{"time": row[0]} for row in shown]
            path = "/api/v2/incremental/ticket_metric_events.json"
            return answer | self._time_envelope(path, params, times, "time", start, is_end)
        cursor = encode_cursor(shown[-1][:2] if shown else begin[:2])
        url = f"{self.base_url}/api/v2/incremental/ticket_metric_events.json"
        following = urlencode({"start_time": start, "page[size]": size, "page[after]": cursor})
        return answer | {
            "meta": {"has_more": not is_end, "after_cursor": cursor, "before_cursor": None},
            "links": {"next": None if is_end else f"{url}?{following}", "prev": None},
        }


def _start_time(params: QueryParams, now: datetime) -> int:
    start = integer(params, "start_time")
    if start > epoch(now) - WITHHELD_SECONDS:
        raise BadRequest(
            422,
            "StartTimeTooRecent",
            "Too recent start_time. Use a start_time older than 60 seconds",
        )
    return start
