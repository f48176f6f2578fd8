"""Months that the sources of a KPI do not tell wholly (catalogue §10.2), computed a second time from the rows."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise

from tests.oracle.data.source_lags import EVENT_TABLES, lags
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import local_day
from tests.oracle.world.canonical_rows import SECOND, moment
from tests.oracle.world.history import World

_DAILY = (
    *("tickets", "ticket_events", "messages", "orders"),
    *("agent_time", "handle_sessions", "self_service_events"),
)
_SPOKEN = (
    *("messages", "first_replies", "any_messages", "amazon_messages"),
    *("live_contacts", "reply_obligations"),
)
_TABLES = {
    **dict.fromkeys(_SPOKEN, "messages"),
    "qa_review_items": "qa_reviews",
    **{name: name for name in EVENT_TABLES if name != "account_health_snapshots"},
}
_QUARTER = timedelta(days=92)
_RED = 86_400 * SECOND


def reasons(facts: Facts, inputs: str | None) -> dict[date, str]:
    """What is said of each month that is not known wholly.

    Args:
        facts: of a tenant.
        inputs: of the KPI as the registry lists them, ``a|b``.
    """
    wanted = {_TABLES[name] for name in (inputs or "").split("|") if name in _TABLES}
    begins: dict[date, list[tuple[date, str]]] = {}
    ends: dict[date, list[tuple[date, str]]] = {}
    silent = _silent(facts)
    for table in wanted:
        known = _known_from(facts.world, table)
        first = min(known.values(), default=0)
        for source, since in known.items():
            day = local_day(since, facts.zone)
            quiet = _usual_quiet(facts.world, source)
            for month, snapshot in months(facts):
                last = local_day(snapshot, facts.zone)
                is_part = since == first if day > last else day - month >= quiet
                if is_part:
                    begins.setdefault(month, []).append((day, source))
                end = silent.get((source, table))
                if end is not None and end < last and month <= end + _QUARTER:
                    ends.setdefault(month, []).append((end, source))
    found = {}
    for month, entries in ends.items():
        found[month] = "known only up to {} ({})".format(*min(entries))
    for month, entries in begins.items():
        found[month] = "known only from {} on ({})".format(*max(entries))
    return found


@cache
def _known_from(world: World, table: str) -> dict[str, int]:
    """First instant of each source of a table; of what does not happen every day, that of the source."""
    own = _firsts(world, table)
    if table in _DAILY:
        return own
    whole: dict[str, int] = {}
    for name in set(_TABLES.values()):
        for source, first in _firsts(world, name).items():
            whole[source] = min(first, whole.get(source, first))
    return {source: whole[source] for source in own}


@cache
def _firsts(world: World, table: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in world.tables[table]:
        at, source = row["occurred_at"], row["source_system"]
        if at is not None and at <= world.as_of:
            found[source] = min(at, found.get(source, at))
    return found


@cache
def _usual_quiet(world: World, source: str) -> timedelta:
    """The longest silence of the first three months of a source, at least a day."""
    days = sorted(
        {
            moment(row["occurred_at"]).date()
            for table in EVENT_TABLES
            for row in world.tables[table]
            if row["source_system"] == source
            and row["occurred_at"] is not None
            and row["occurred_at"] <= world.as_of
        }
    )
    gaps = [after - before for before, after in pairwise(days) if after - days[0] < _QUARTER]
    return max([timedelta(days=1), *gaps])


@lru_cache(maxsize=8)
def _silent(facts: Facts) -> dict[tuple[str, str], date]:
    """Sources and tables that are behind now, with the day since when."""
    now = facts.world.as_of
    return {
        name: local_day(lag.since, facts.zone)
        for name, lag in lags(facts.world, now).items()
        if now - lag.since > _RED
    }
