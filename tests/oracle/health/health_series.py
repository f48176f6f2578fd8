"""Series of published marketplace figures and our own estimate, day by day (group F)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.snapshots import judged_messages
from tests.oracle.numbers.statistics import local_day
from tests.oracle.world.canonical_rows import Row

_ESTIMATED = "amz_late_response_rate"
_LENGTHS = ((8, "7d"), (12, "10d"), (16, "14d"))
_BANDS = ((27, 35, "30d"), (55, 66, "60d"), (85, 100, "90d"), (350, 380, "365d"))
Parts = tuple[int, int]
"""Late and judged messages."""


@dataclass(frozen=True)
class Series:
    """What tells one published series of an account from another."""

    source: str
    account: str
    metric: str
    program: str | None = None
    evaluation: str | None = None
    fulfilment: str | None = None
    dimension: tuple[str | None, str | None] = (None, None)
    length: str = "none"


@dataclass(frozen=True)
class Figure:
    """What a series shows on a day."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    window: tuple[date | None, date | None]
    row: Row | None = None
    captured_days_ago: int | None = None
    status_days: int | None = None
    estimate: Parts | None = None


def published(
    facts: Facts, own: dict[tuple[str, str, date], Parts]
) -> Iterator[tuple[Series, dict[date, Figure]]]:
    """Every series with the figure of each day from its first snapshot on."""
    rows: dict[Series, list[Row]] = defaultdict(list)
    for row in facts.world.tables["account_health_snapshots"]:
        is_known = row["marketplace_account_id"] in facts.world.accounts
        if row["captured_at"] <= facts.world.as_of and not row["is_deleted_in_source"] and is_known:
            rows[_series(row)].append(row)
    today = local_day(facts.world.as_of, facts.zone)
    for series, snapshots in rows.items():
        snapshots.sort(key=lambda row: (row["captured_at"], row["snapshot_id"]))
        days: dict[date, Figure] = {}
        since: date | None = None
        for place, row in enumerate(snapshots):
            day = local_day(row["captured_at"], facts.zone)
            before = snapshots[place - 1]["published_status"] if place else None
            if before is None or before != row["published_status"]:
                since = day
            following = snapshots[place + 1] if place + 1 < len(snapshots) else None
            end = local_day(following["captured_at"], facts.zone) if following else None
            for shown in _days(day, today if end is None else end - timedelta(days=1)):
                estimate = None
                if series.metric == _ESTIMATED and row["window_to"] is not None:
                    estimate = own.get((series.account, series.length, row["window_to"]))
                days[shown] = _figure(row, day, shown, since, estimate)
        yield series, days


def _series(row: Row) -> Series:
    length = "none"
    if row["window_from"] is not None and row["window_to"] is not None:
        days = (row["window_to"] - row["window_from"]).days + 1
        short = next((name for limit, name in _LENGTHS if days <= limit), None)
        band = next((name for low, high, name in _BANDS if low <= days <= high), f"{days}d")
        length = short or band
    return Series(
        row["source_system"],
        row["marketplace_account_id"],
        row["metric"],
        row["program"],
        row["evaluation"],
        row["fulfilment"],
        (row["dimension_key"], row["dimension_value"]),
        length,
    )


def _figure(
    row: Row, captured: date, shown: date, since: date | None, estimate: Parts | None
) -> Figure:
    has_status = row["published_status"] is not None and since is not None
    return Figure(
        _decimal(row["rate"]),
        _decimal(row["numerator"]),
        _decimal(row["denominator"]),
        (row["window_from"], row["window_to"]),
        row,
        (shown - captured).days,
        (shown - since).days if has_status and since is not None else None,
        estimate,
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def estimates(facts: Facts) -> dict[tuple[str, str, date], Parts]:
    """Late and judged buyer messages of Amazon by account, length and last day of the window."""
    sent: dict[str, dict[date, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for root, day, is_late in judged_messages(facts):
        account = root.row["marketplace_account_id"]
        if account in facts.world.accounts:
            sent[account][day][0] += is_late
            sent[account][day][1] += 1
    today = local_day(facts.world.as_of, facts.zone)
    found: dict[tuple[str, str, date], Parts] = {}
    for account, counts in sent.items():
        for day in _days(min(counts), today):
            for length in (7, 30, 90):
                within = [c for d, c in counts.items() if day - timedelta(days=length) < d <= day]
                parts = (sum(c[0] for c in within), sum(c[1] for c in within))
                found[account, f"{length}d", day] = parts
    return found
