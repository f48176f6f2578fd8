"""How much of a day's slowness its load does not explain (catalogue §12): least squares over the 56 days before."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

_DAYS = 56


def residuals(points: Mapping[date, Any]) -> dict[date, tuple[float | None, float | None]]:
    """Slope and standardised residual of ln(speed) = a + b ln(load) + weekday, day by day."""
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


def _fit(groups: dict[int, list[tuple[float, float]]]) -> tuple[float | None, float, int] | None:
    """Slope, residual sum of squares and degrees of freedom."""
    if not groups:
        return None
    rows = [row for group in groups.values() for row in _centred(group)]
    xx = sum(x * x for x, _ in rows)
    slope = sum(x * y for x, y in rows) / xx if xx > 1e-12 else None
    left = sum((y - (slope or 0) * x) ** 2 for x, y in rows)
    return slope, left, len(rows) - len(groups) - 1


def _judge(
    groups: dict[int, list[tuple[float, float]]],
    fit: tuple[float | None, float, int],
    weekday: int,
    x: float,
    y: float,
) -> tuple[float | None, float | None]:
    slope, left, freedom = fit
    own = groups.get(weekday, [])
    if slope is None or len(own) < 3 or freedom < 10:
        return slope, None
    sigma = math.sqrt(left / freedom)
    mean_x = sum(a for a, _ in own) / len(own)
    mean_y = sum(b for _, b in own) / len(own)
    return slope, (y - mean_y - slope * (x - mean_x)) / sigma if sigma else None
