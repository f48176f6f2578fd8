"""What was loaded, and how near each account is to its limits (groups F and G)."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.canonical_rows import DAY, SECOND, Row
from tests.oracle.health_limits import says_nothing
from tests.oracle.history import World
from tests.oracle.kpi_snapshots import months
from tests.oracle.kpis import Cell, Facts, Value, local_day, month_of, ratio
from tests.oracle.source_lags import EVENT_TABLES, arrivals, lags

NAMING_TABLES = (
    "ticket_events",
    "messages",
    "satisfaction_responses",
    "survey_sends",
    "qa_reviews",
    "handle_sessions",
)
_GUARDS = {"ebay_ccwsr": 2, "ebay_tdr": 4}
_PUBLISHED_LIMITS = {("etsy", "etsy_message_rate"): ("greater_or_equal", "0.95")}
"""Limits that a platform states in its rules only; where a snapshot brings its own, that one counts."""
_LENGTHS = ((8, "7d"), (12, "10d"), (16, "14d"))
_BANDS = ((27, 35, "30d"), (55, 66, "60d"), (85, 100, "90d"), (350, 380, "365d"))
_PROJECTION = timedelta(days=30)


def load_values(facts: Facts) -> list[Value]:
    """Load checks, freshness and headroom of every month."""
    return _loads(facts) + _freshness(facts) + list(_headroom(facts))


def _cell(
    month: date, kpi: str, variant: str = "none", scope: tuple[str, str] | None = None
) -> Cell:
    scope_type, scope_id = scope or ("company", "company")
    return Cell(month, kpi, "none", "none", variant, scope_type, scope_id)


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
            found.append(ratio(_cell(month, "load_completeness"), loaded[month], total))
        if later[month]:
            found.append(ratio(_cell(month, "late_arrival_rate"), late[month], later[month]))
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
            cell = _cell(month, "freshness_lag")
            found.append(Value(cell, "ratio", worst, worst, None, len(known)))
    return found


@dataclass(frozen=True)
class _Left:
    """Defects left before one limit, now and at the projected volume."""

    metric: str
    account: str
    platform: str
    now: int
    projected: int | None


def _headroom(facts: Facts) -> list[Value]:
    series: dict[tuple[str | None, ...], list[Row]] = defaultdict(list)
    for row in facts.world.tables["account_health_snapshots"]:
        if row["captured_at"] <= facts.world.as_of and not row["is_deleted_in_source"]:
            series[_series(row)].append(row)
    found = []
    for month, snapshot in months(facts):
        following = (month + timedelta(days=32)).replace(day=1)
        day = min(following - timedelta(days=1), local_day(facts.world.as_of, facts.zone))
        lefts = [left for left in (_left(facts, series, key, month, day) for key in series) if left]
        assert snapshot <= facts.world.as_of
        found += _nearest(month, lefts)
    return found


def _series(row: Row) -> tuple[str | None, ...]:
    days = (row["window_to"] - row["window_from"]).days + 1
    length = next((name for limit, name in _LENGTHS if days <= limit), None)
    length = length or next((n for low, high, n in _BANDS if low <= days <= high), f"{days}d")
    names = ("marketplace_account_id", "metric", "program", "evaluation", "fulfilment")
    return (*(row[n] for n in names), row["dimension_key"], row["dimension_value"], length)


def _on(facts: Facts, rows: list[Row], day: date) -> Row | None:
    """The last snapshot captured up to the end of a local day."""
    seen = [row for row in rows if local_day(row["captured_at"], facts.zone) <= day]
    return max(seen, key=lambda row: row["captured_at"], default=None)


def _left(
    facts: Facts,
    series: dict[tuple[str | None, ...], list[Row]],
    key: tuple[str | None, ...],
    month: date,
    day: date,
) -> _Left | None:
    row = _on(facts, series[key], day)
    if row is None or month_of(row["captured_at"], facts.zone) != month:
        return None
    is_part = key[5] is not None or (key[3] or "current") != "current"
    account = str(key[0])
    platform = facts.world.accounts[account]["platform"]
    condition, limit = row["target_condition"], row["target_value"]
    if limit is None:
        condition, limit = _PUBLISHED_LIMITS.get((platform, str(key[1])), (None, None))
    if is_part or limit is None or not row["denominator"]:
        return None
    now = _room(row, row["denominator"], condition, Decimal(str(limit)))
    if now is None:
        return None
    numerator, cases = Decimal(str(row["numerator"])), Decimal(str(row["denominator"]))
    if says_nothing(now, numerator, cases, condition):
        return None
    volume = _projected(facts, series, key, row, day)
    later = None if volume is None else _room(row, volume, condition, Decimal(str(limit)))
    return _Left(str(key[1]), account, platform, now, later)


def _projected(
    facts: Facts,
    series: dict[tuple[str | None, ...], list[Row]],
    key: tuple[str | None, ...],
    row: Row,
    day: date,
) -> Decimal | None:
    told = [
        found["denominator"]
        for other, rows in series.items()
        if other[:3] == key[:3] and other[3] == "projected" and other[5:7] == key[5:7]
        for found in [_on(facts, rows, day)]
        if found is not None and found["denominator"] is not None
    ]
    if told:
        return Decimal(max(told))
    before = _on(facts, series[key], day - _PROJECTION)
    if before is None or before["denominator"] is None:
        return None
    return max(2 * Decimal(row["denominator"]) - Decimal(before["denominator"]), Decimal(0))


def _room(row: Row, volume: Decimal, condition: str | None, limit: Decimal) -> int | None:
    """F27, and its mirror for rates that must be high."""
    if row["numerator"] is None:
        return None
    numerator = Decimal(str(row["numerator"]))
    defects = Decimal(str(row["denominator"])) - numerator
    volume = Decimal(str(volume))
    room = {
        "less_than": math.ceil(limit * volume) - 1 - numerator,
        "less_or_equal": math.floor(limit * volume) - numerator,
        "greater_than": math.ceil((1 - limit) * volume) - 1 - defects,
        "greater_or_equal": math.floor((1 - limit) * volume) - defects,
    }.get(condition or "")
    if room is None:
        return None
    guard = _GUARDS.get(row["metric"])
    if guard is not None and str(condition).startswith("less"):
        room = max(room, guard - numerator)
    return int(room)


def _nearest(month: date, lefts: list[_Left]) -> list[Value]:
    rooms: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for left in lefts:
        readings = {"none": left.now, left.metric: left.now}
        if left.projected is not None:
            readings["projected_denominator"] = left.projected
        for variant, room in readings.items():
            rooms[variant, "company", "company"].append(room)
            rooms[variant, "platform", left.platform].append(room)
            rooms[variant, "marketplace_account", left.account].append(room)
    return [
        Value(_cell(month, "health_headroom", v, (t, i)), "count", min(r), min(r), None, len(r))
        for (v, t, i), r in rooms.items()
    ]
