"""The floors: the least work that answers the core of the same questions, written by hand without any framework."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

_TIMEOUT_SECONDS = 120

TRANSFORM_FLOOR = """
create or replace temp table floor_result as
with staff as (
    select user_ref from raw_zendesk.users where role in ('agent', 'admin')
),
comments as (
    select events.ticket_id, events.created_at, staff.user_ref is not null as is_staff
    from (
        select ticket_id, created_at,
            unnest(from_json(comments, '[{"is_public": "BOOLEAN", "author": "VARCHAR"}]')) as comment
        from raw_zendesk.ticket_events where comments is not null
    ) as events
    left join staff on events.comment.author = staff.user_ref
    where events.comment.is_public
),
asked as (
    select ticket_id, min(created_at) as asked_at from comments where not is_staff group by ticket_id
),
answered as (
    select asked.ticket_id, asked.asked_at,
        min(case when comments.is_staff and comments.created_at >= asked.asked_at then comments.created_at end)
            as answered_at,
        count(*) filter (where comments.is_staff) as replies
    from asked join comments on asked.ticket_id = comments.ticket_id
    group by asked.ticket_id, asked.asked_at
),
days as (
    select unnest(generate_series(
        (select cast(min(created_at) as date) from raw_zendesk.tickets)::timestamp,
        (select cast(max(updated_at) as date) from raw_zendesk.tickets)::timestamp + interval 7 day,
        interval 1 day)) as day
),
shifts as (
    select (day + interval 9 hour) at time zone 'Europe/Rome' as opens_at,
        (day + interval 18 hour) at time zone 'Europe/Rome' as closes_at
    from days where isodow(day) <= 5
),
windows as (
    select *, coalesce(sum(epoch(closes_at) - epoch(opens_at)) over (
        order by opens_at rows between unbounded preceding and 1 preceding), 0) as open_before
    from shifts
),
clocked as (
    select answered.*,
        opening.open_before + epoch(least(answered.asked_at, opening.closes_at)) - epoch(opening.opens_at)
            as open_at_start,
        closing.open_before + epoch(least(answered.answered_at, closing.closes_at)) - epoch(closing.opens_at)
            as open_at_stop
    from answered
    asof left join windows as opening on answered.asked_at >= opening.opens_at
    asof left join windows as closing on answered.answered_at >= closing.opens_at
),
solved as (
    select ticket_id, max(created_at) as solved_at from raw_zendesk.ticket_events
    where status_to in ('solved', 'closed') group by ticket_id
)
select tickets.id, epoch(clocked.answered_at) - epoch(clocked.asked_at) as first_reply_calendar_s,
    clocked.open_at_stop - clocked.open_at_start as first_reply_business_s,
    epoch(solved.solved_at) - epoch(tickets.created_at) as full_resolution_s, clocked.replies
from raw_zendesk.tickets as tickets
left join clocked on tickets.id = clocked.ticket_id
left join solved on tickets.id = solved.ticket_id
"""

_ANSWERED = "select count(first_reply_business_s) from floor_result"


def transform_floor_seconds(warehouse: Path, repeats: int = 3) -> float:
    """Fastest of some runs of the hand-written SQL over the same raw tables.

    Raises:
        RuntimeError: the SQL found nothing, so that its time would be no floor.
    """
    best = float("inf")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set threads = 2")
        for _ in range(repeats):
            started = time.perf_counter()
            connection.execute(TRANSFORM_FLOOR)
            best = min(best, time.perf_counter() - started)
        answered = connection.execute(_ANSWERED).fetchall()[0][0]
    if not answered:
        raise RuntimeError(
            f"The transform floor found no first reply in {warehouse}: its SQL no longer fits the raw "
            "tables, so its time means nothing. Adapt TRANSFORM_FLOOR."
        )
    return best


_TICKET = "STRUCT(id BIGINT, created_at TIMESTAMP, updated_at TIMESTAMP, status VARCHAR, priority VARCHAR, "
_TICKET += "group_id BIGINT, assignee_id BIGINT, requester_id BIGINT, tags VARCHAR[], custom_fields JSON)[]"
_EVENT = (
    "STRUCT(id BIGINT, ticket_id BIGINT, timestamp BIGINT, updater_id BIGINT, child_events JSON)[]"
)
_METRIC = "STRUCT(id BIGINT, ticket_id BIGINT, metric VARCHAR, instance_id BIGINT, type VARCHAR, time TIMESTAMP)[]"
_USER = (
    "STRUCT(id BIGINT, role VARCHAR, name VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP)[]"
)
_EXPORTS = (
    ("tickets", "/api/v2/incremental/tickets/cursor?start_time=1&include=metric_sets", _TICKET),
    ("users", "/api/v2/incremental/users/cursor?start_time=1", _USER),
    (
        "ticket_events",
        "/api/v2/incremental/ticket_events?start_time=1&include=comment_events",
        _EVENT,
    ),
    ("ticket_metric_events", "/api/v2/incremental/ticket_metric_events?start_time=1", _METRIC),
)


def ingest_floor_seconds(url: str, client_id: str, client_secret: str, folder: Path) -> float:
    """Download the pages of the large exports to disk and read them with explicit types, nothing else.

    Args:
        url: address of the (simulated) helpdesk.
        client_id: of its OAuth client.
        client_secret: of its OAuth client.
        folder: where the pages lie in the meantime.
    """
    started = time.perf_counter()
    token = _token(url, client_id, client_secret)
    with duckdb.connect(str(folder / "floor.duckdb")) as connection:
        for name, path, type_ in _EXPORTS:
            pages = folder / name
            pages.mkdir(parents=True)
            for number, body in enumerate(_pages(url + path, token)):
                (pages / f"{number:05}.json").write_bytes(body)
            collection = "ticket_events" if name == "ticket_events" else name
            connection.execute(
                f"create table {name} as select unnest({collection}, recursive := false) as record "
                f"from read_json('{pages}/*.json', columns = {{{collection}: '{type_}'}}, "
                "maximum_object_size = 268435456)"
            )
    return time.perf_counter() - started


def _token(url: str, client_id: str, client_secret: str) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
        "scope": "read",
    }
    body = urllib.parse.urlencode(form).encode()
    answer = json.loads(_get(f"{url}/oauth/tokens", {}, body))
    return str(answer["access_token"])


def _get(url: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - loopback only
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def _pages(url: str, token: str) -> Iterator[bytes]:
    following: str | None = url
    while following:
        body = _get(following, {"Authorization": f"Bearer {token}"})
        yield body
        page: dict[str, Any] = json.loads(body)
        is_over = page.get("end_of_stream", False) or not page.get("count", 1)
        after = page.get("after_url") or page.get("next_page")
        following = None if is_over or after == following else after
