"""How near each account is to its limits, and how many defects are left (`health_headroom`)."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.health.health_limits import says_nothing
from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import local_day, month_of
from tests.oracle.world.canonical_rows import Row

_GUARDS = {"ebay_ccwsr": 2, "ebay_tdr": 4}
_PUBLISHED_LIMITS = {("etsy", "etsy_message_rate"): ("greater_or_equal", "0.95")}
"""Limits that a platform states in its rules only; where a snapshot brings its own, that one counts."""
_LENGTHS = ((8, "7d"), (12, "10d"), (16, "14d"))
_BANDS = ((27, 35, "30d"), (55, 66, "60d"), (85, 100, "90d"), (350, 380, "365d"))
_PROJECTION = timedelta(days=30)


def cell_of(
    month: date, kpi: str, variant: str = "none", scope: tuple[str, str] | None = None
) -> Cell:
    scope_type, scope_id = scope or ("company", "company")
    return Cell(month, kpi, "none", "none", variant, scope_type, scope_id)


@dataclass(frozen=True)
class _Left:
    """Defects left before one limit, now and at the projected volume."""

    metric: str
    account: str
    platform: str
    now: int
    projected: int | None


def headroom_values(facts: Facts) -> list[Value]:
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
        Value(cell_of(month, "health_headroom", v, (t, i)), "count", min(r), min(r), None, len(r))
        for (v, t, i), r in rooms.items()
    ]
