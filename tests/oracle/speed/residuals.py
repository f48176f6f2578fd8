"""How much of a day's slowness its load does not explain (catalogue §12): least squares over the 56 days before.

What is left is measured by the error of a prediction at the day's load; a week adds its days, which share the error
of the slope.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_DAYS = 56


@dataclass(frozen=True)
class Left:
    """What the fit leaves of a day, in standard errors of the fit; own variance and distance of the load likewise."""

    slope: float | None
    residual: float | None = None
    variance: float = 0.0
    distance: float = 0.0


def z_of(days: Iterable[Left]) -> float | None:
    """Standardised residual of one or more days together."""
    known = [day for day in days if day.residual is not None]
    if not known:
        return None
    spread = sum(day.variance for day in known) + sum(day.distance for day in known) ** 2
    return sum(day.residual or 0.0 for day in known) / math.sqrt(spread)


def residuals(points: Mapping[date, Any]) -> dict[date, Left]:
    """Slope and residual of ln(speed) = a + b ln(load) + weekday, day by day."""
    usable = {
        day: (math.log(point.load), math.log(point.speed), point.is_event)
        for day, point in points.items()
        if point.speed is not None and point.load
    }
    found = {}
    for day, (x, y, _) in usable.items():
        groups: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for other, (ox, oy, is_event) in usable.items():
            if day - timedelta(days=_DAYS) <= other < day and not is_event:
                groups[other.weekday()].append((ox, oy))
        fit = _fit(groups)
        if fit is not None:
            found[day] = _judge(groups, fit, day.weekday(), x, y)
    return found


def _centred(rows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    mean_x = sum(x for x, _ in rows) / len(rows)
    mean_y = sum(y for _, y in rows) / len(rows)
    return [(x - mean_x, y - mean_y) for x, y in rows]


@dataclass(frozen=True)
class _Fit:
    """Slope, residual sum of squares, degrees of freedom and spread of the loads."""

    slope: float | None
    left: float
    freedom: int
    spread: float


def _fit(groups: dict[int, list[tuple[float, float]]]) -> _Fit | None:
    if not groups:
        return None
    rows = [row for group in groups.values() for row in _centred(group)]
    xx = sum(x * x for x, _ in rows)
    slope = sum(x * y for x, y in rows) / xx if xx > 1e-12 else None
    left = sum((y - (slope or 0) * x) ** 2 for x, y in rows)
    return _Fit(slope, left, len(rows) - len(groups) - 1, xx)


def _judge(
    groups: dict[int, list[tuple[float, float]]], fit: _Fit, weekday: int, x: float, y: float
) -> Left:
    own = groups.get(weekday, [])
    if fit.slope is None or len(own) < 3 or fit.freedom < 10:
        return Left(fit.slope)
    sigma = math.sqrt(fit.left / fit.freedom)
    if not sigma:
        return Left(fit.slope)
    away = x - sum(a for a, _ in own) / len(own)
    usual = sum(b for _, b in own) / len(own)
    residual = (y - usual - fit.slope * away) / sigma
    return Left(fit.slope, residual, 1 + 1 / len(own), away / math.sqrt(fit.spread))
