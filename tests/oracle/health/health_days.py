"""Days of ``marketplace_health.account_health_daily`` (group F, §8): published figures, limits, room, our estimate.

One row per local day and series: account, metric, program, evaluation, fulfilment, dimension and length of the window.
A published figure holds until the next one; our own estimate is a series of its own.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from tests.oracle.health.health_limits import Limit, limit_of, on_target, room, says_nothing
from tests.oracle.health.health_series import Figure, Series, estimates, published
from tests.oracle.numbers.kpis import Facts
from tests.oracle.world.keys import key

KEYS = (
    "source_system",
    "date_day",
    "marketplace_account_key",
    "metric",
    "program",
    "evaluation",
    "fulfilment",
    "dimension_key",
    "dimension_value",
    "window_length",
)
ESTIMATE = "amz_late_response_rate_est"
_PROJECTION = timedelta(days=30)
_STALE_DAYS = 30
Out = dict[str, Any]


@cache
def health_days(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every row of the tenant by ``KEYS``."""
    own = estimates(facts)
    shown: dict[Series, dict[date, Figure]] = defaultdict(dict)
    for series, days in published(facts, own):
        shown[series] = days
    for (account, length, day), parts in own.items():
        numbers = (Decimal(parts[0]), Decimal(parts[1]))
        first = day - timedelta(days=int(length[:-1]) - 1)
        figure = Figure(None, *numbers, (first, day), estimate=parts)
        shown[Series("derived", account, ESTIMATE, length=length)][day] = figure
    projections = _projections(shown)
    tenant = facts.world.tenant
    found = {}
    for series, days in shown.items():
        name = (series.program, series.evaluation, series.fulfilment, *series.dimension)
        for day, figure in days.items():
            account = key(tenant, series.account)
            identity = (series.source, day, account, series.metric, *name, series.length)
            volume = projections.get((_projected_name(series), day))
            if volume is None:
                volume = _trend(days, day, figure)
            found[identity] = _columns(facts, series, day, figure, volume)
    return found


def _projected_name(series: Series) -> tuple[Any, ...]:
    return series.account, series.metric, series.program, series.dimension


def _projections(
    shown: dict[Series, dict[date, Figure]],
) -> dict[tuple[tuple[Any, ...], date], Decimal]:
    """Volumes that the platform itself projects, by series and day."""
    found: dict[tuple[tuple[Any, ...], date], Decimal] = {}
    for series, days in shown.items():
        for day, figure in days.items():
            if series.evaluation == "projected" and figure.denominator is not None:
                name = (_projected_name(series), day)
                found[name] = max(found.get(name, figure.denominator), figure.denominator)
    return found


def _trend(days: dict[date, Figure], day: date, figure: Figure) -> Decimal | None:
    """Today's volume and the change of the last thirty days once more."""
    before = days.get(day - _PROJECTION)
    if before is None or before.denominator is None or figure.denominator is None:
        return None
    return max(2 * figure.denominator - before.denominator, Decimal(0))


def _columns(
    facts: Facts, series: Series, day: date, figure: Figure, volume: Decimal | None
) -> Out:
    account, row = facts.world.accounts[series.account], figure.row
    limit = limit_of(account, series.metric, row, day)
    estimate = _ratio(*figure.estimate) if figure.estimate else None
    own = estimate if figure.estimate else _ratio(figure.numerator, figure.denominator)
    judged = figure.value if figure.value is not None else estimate
    is_on_target = on_target(judged, limit)
    left = room(figure.numerator, figure.denominator, figure.denominator, limit)
    later = room(figure.numerator, figure.denominator, volume, limit)
    return {
        "platform": account["platform"],
        "window_from_date": figure.window[0],
        "window_to_date": figure.window[1],
        "published_value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "count_ratio": _ratio(figure.numerator, figure.denominator),
        "target_value": limit.value,
        "target_condition": limit.condition,
        "target_source": limit.source,
        "published_status": row["published_status"] if row else None,
        "is_on_target": is_on_target,
        "headroom": left,
        "headroom_status": _headroom_status(left, figure.numerator, figure.denominator, limit),
        "projected_denominator": volume,
        "projected_headroom": later,
        "status": _status(is_on_target, figure.captured_days_ago, judged, limit),
        "estimate_value": estimate,
        "reconciliation_delta": None if None in (own, figure.value) else own - figure.value,
        "days_since_status_change": figure.status_days,
        "captured_at": row["captured_at"] if row else None,
        "days_since_capture": figure.captured_days_ago,
    }


def _ratio(numerator: Any, denominator: Any) -> Decimal | None:
    if numerator is None or not denominator:
        return None
    return Decimal(numerator) / Decimal(denominator)


def _headroom_status(
    left: int | None, numerator: Decimal | None, denominator: Decimal | None, limit: Limit
) -> str | None:
    if left is None:
        return None
    if says_nothing(left, numerator, denominator, limit.condition):
        return "grey_small_n"
    return "green" if left >= 5 else "amber" if left >= 1 else "red"


def _status(
    is_on_target: bool | None, days: int | None, judged: Decimal | None, limit: Limit
) -> str:
    if is_on_target is None:
        return "grey_no_target"
    if days is not None and days > _STALE_DAYS:
        return "grey_stale"
    if is_on_target:
        return "green"
    assert judged is not None and limit.value is not None
    is_near = abs(judged - limit.value) <= abs(limit.value) / 10
    return "amber" if is_near and limit.condition != "equals" else "red"
