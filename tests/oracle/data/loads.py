"""What was loaded (`load_completeness`, `late_arrival_rate`), and how far behind it is (`freshness_lag`)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from tests.oracle.data.source_lags import EVENT_TABLES, arrivals, lags
from tests.oracle.health.headroom import cell_of, headroom_values
from tests.oracle.numbers.kpis import Facts, Value, ratio
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import month_of
from tests.oracle.world.canonical_rows import DAY, SECOND, Row
from tests.oracle.world.history import World

NAMING_TABLES = (
    "ticket_events",
    "messages",
    "satisfaction_responses",
    "survey_sends",
    "qa_reviews",
    "handle_sessions",
)


def load_values(facts: Facts) -> list[Value]:
    """Load checks, freshness and headroom of every month."""
    return _loads(facts) + _freshness(facts) + list(headroom_values(facts))


def _loaded_rows(world: World, table: str) -> list[Row]:
    """Rows with the instant of their load; rows made by hand have none and say nothing about loads."""
    return [row for row in world.tables[table] if row["ingested_at"] is not None]


def _loads(facts: Facts) -> list[Value]:
    world, known = facts.world, {month for month, _ in months(facts)}
    loaded: dict[date, int] = defaultdict(int)
    absent: dict[date, int] = defaultdict(int)
    later: dict[date, int] = defaultdict(int)
    late: dict[date, int] = defaultdict(int)
    for table in EVENT_TABLES:
        rows = [row for row in _loaded_rows(world, table) if row["occurred_at"] <= world.as_of]
        first: dict[str, int] = {}
        for row in rows:
            source = row["source_system"]
            first[source] = min(first.get(source, row["ingested_at"]), row["ingested_at"])
        for row in rows:
            month = month_of(row["occurred_at"], facts.zone)
            loaded[month] += 1
            if row["ingested_at"] > first[row["source_system"]]:
                later[month] += 1
                seconds = (row["ingested_at"] - row["occurred_at"]) // SECOND
                late[month] += int(seconds > DAY // SECOND)
    for when in _unknown_tickets(facts).values():
        absent[month_of(when, facts.zone)] += 1
    found = []
    for month in known:
        total = loaded[month] + absent[month]
        if total:
            found.append(ratio(cell_of(month, "load_completeness"), loaded[month], total))
        if later[month]:
            found.append(ratio(cell_of(month, "late_arrival_rate"), late[month], later[month]))
    return found


def _unknown_tickets(facts: Facts) -> dict[tuple[str, str], int]:
    """Tickets that rows name and no source delivered, with the first mention."""
    tables = facts.world.tables
    there = {(row["source_system"], row["ticket_id"]) for row in tables["tickets"]}
    found: dict[tuple[str, str], int] = {}
    for table in NAMING_TABLES:
        for row in tables[table]:
            named = (row.get("subject_system") or row["source_system"], row["ticket_id"])
            when = row["occurred_at"]
            if named[1] is not None and named not in there and when <= facts.world.as_of:
                found[named] = min(found.get(named, when), when)
    return found


def _freshness(facts: Facts) -> list[Value]:
    world, found = facts.world, []
    for month, snapshot in months(facts):
        known = {
            name: lag
            for name, lag in lags(world, snapshot).items()
            if min(arrivals(world)[name].loaded) <= snapshot
        }
        if known:
            worst = max(max(snapshot - lag.since, 0) // SECOND for lag in known.values())
            cell = cell_of(month, "freshness_lag")
            found.append(Value(cell, "ratio", worst, worst, None, len(known)))
    return found
