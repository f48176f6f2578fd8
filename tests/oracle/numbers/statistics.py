"""Ratios with Wilson's interval, quantiles by linear interpolation, and the days and months of a zone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from tests.oracle.world.canonical_rows import SECOND, moment

Z = 1.959963984540054


def wilson(successes: float, n: float) -> tuple[float, float]:
    """Wilson 95 % interval of a proportion."""
    share = successes / n
    centre = share + Z * Z / (2 * n)
    spread = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (centre - spread) / (1 + Z * Z / n), (centre + spread) / (1 + Z * Z / n)


def quantile(values: Iterable[float], share: float) -> float:
    """Quantile by linear interpolation between the two nearest rows."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def month_of(when: int, zone: str) -> date:
    """First day of the local month of an instant."""
    return _dates(when // _QUARTER_HOUR, zone)[0]


def local_day(when: int, zone: str) -> date:
    """Local date of an instant."""
    return _dates(when // _QUARTER_HOUR, zone)[1]


_QUARTER_HOUR = 900 * SECOND
"""No day of any zone begins within one."""


@lru_cache(maxsize=200_000)
def _dates(quarters: int, zone: str) -> tuple[date, date]:
    """Month and day of a quarter of an hour since 1970; asked a million times of a few thousand."""
    day = moment(quarters * _QUARTER_HOUR).astimezone(_zone(zone)).date()
    return day.replace(day=1), day
