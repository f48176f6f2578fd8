"""Numbered pages, filters and orders of the list calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from ingestion.simulator.edesk.shown import Shown

Json = dict[str, Any]
ACCOUNT_ZONE = ZoneInfo("Europe/Rome")
"""Zone of the account's user: filters by date mean days of this zone, while instants are UTC (contract notes D2)."""

DEFAULT_PAGE = 20
MAX_PAGE = 100
_STATUSES = {"Scheduled", "Spam", "Archived", "Open", "Pending", "Closed"}
_FLAGS = {"Unread", "Read", "Unpriority", "Priority"}
"""Words that the filter of statuses takes beside the statuses themselves; no ticket of this account has one."""


class BadRequest(Exception):
    """A parameter that the API refuses."""


def paged(
    rows: Sequence[Any], params: QueryParams, render: Callable[[Any], Json] = lambda row: row
) -> Json:
    """One page; only ``page`` and ``itemsPerPage`` are understood, other spellings are ignored."""
    size = max(1, min(_number(params, "itemsPerPage", DEFAULT_PAGE), MAX_PAGE))
    page = max(1, _number(params, "page", 1))
    shown = rows[(page - 1) * size : page * size]
    return {
        "data": [render(row) for row in shown],
        "paginator": {"currentPage": page, "itemsPerPage": size, "totalItemsCount": len(rows)},
    }


def _number(params: QueryParams, name: str, default: int) -> int:
    try:
        return int(params.get(name) or default)
    except ValueError as error:
        raise BadRequest(f"{name} is no number") from error


def chosen(shown: dict[int, Shown], params: QueryParams) -> list[Shown]:
    """Tickets that pass the filters, in the order asked for."""
    rows = [one for one in shown.values() if all(test(one) for test in _tests(params))]
    field = params.get("order_by", "id")
    if field == "created_at":
        rows.sort(key=lambda one: (one.ticket.created, one.ticket.ticket_id))
    elif field == "last_updated_at":
        rows.sort(key=lambda one: (one.last_message_at or 0, one.ticket.ticket_id))
    elif field != "id":
        raise BadRequest(f"order_by {field} is unknown")
    if params.get("order_direction") == "desc":
        rows.reverse()
    return rows


def _tests(params: QueryParams) -> Iterator[Callable[[Shown], bool]]:
    status = params.get("filter_status_equals")
    if status is not None:
        if status not in _STATUSES | _FLAGS:
            raise BadRequest(f"status {status} is unknown")
        yield lambda one: one.status == status
    owner = params.get("filter_owner_user_id_equals")
    if owner is not None:
        yield lambda one: str(one.owner) == owner
    for name, instant_of in (
        ("created_at", lambda one: one.ticket.created),
        ("last_updated_at", lambda one: one.last_message_at),
    ):
        begin = _day(params, f"filter_{name}_gte", 0)
        end = _day(params, f"filter_{name}_lte", 1)
        if begin is not None or end is not None:
            yield _within(instant_of, begin, end)


def _within(
    instant_of: Callable[[Shown], int | None], begin: float | None, end: float | None
) -> Callable[[Shown], bool]:
    def test(one: Shown) -> bool:
        at = instant_of(one)
        return at is not None and (begin is None or at >= begin) and (end is None or at < end)

    return test


def _day(params: QueryParams, name: str, after: int) -> float | None:
    """Midnight of a day of the account's zone, ``after`` days later."""
    text = params.get(name)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=after)
    except ValueError as error:
        raise BadRequest(f"{name} is no date") from error
    return datetime.combine(day, time(0), ACCOUNT_ZONE).timestamp()
