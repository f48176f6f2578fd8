"""Numbers as people read them: the same in the table of a run, in alerts and in explanations."""

from __future__ import annotations

import re

SPOKEN_UNITS = ("per 100", "per hour", "per ticket", "h", "days", "pp")
_SPOKEN_IN_DAYS = 4 * 24 * 60
"""Minutes from which nobody counts hours any more."""
_CURRENCY = re.compile(r"[A-Z]{3}")
_RAW_SECONDS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?) s\b")


def in_unit(value: float | None, unit: str, stat: str = "") -> str:
    """A value as people read it: durations as h and min, shares as percent, counts whole; empty for null.

    Args:
        value: the number.
        unit: of the registry.
        stat: ``ratio`` makes a share of what has no unit.
    """
    if value is None:
        return ""
    if unit == "s":
        return duration(value)
    if unit in ("%", "pp or %") or (stat == "ratio" and not unit):
        return f"{value:.1%}"
    plain = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return f"{plain} {unit}" if unit in SPOKEN_UNITS or is_currency(unit) else plain


def is_currency(unit: str) -> bool:
    """Whether a unit is the code of a currency (ISO 4217), as money has in ``kpi_monthly``."""
    return bool(_CURRENCY.fullmatch(unit))


def duration(seconds: float) -> str:
    """Seconds as ``12 s``, ``34 min``, ``5 h 06 min``, from four days on as ``22 d 21 h``."""
    sign = "-" if round(seconds) < 0 else ""
    whole = abs(round(seconds))
    if whole < 60:
        return f"{sign}{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{sign}{minutes} min"
    if minutes < _SPOKEN_IN_DAYS:
        return f"{sign}{minutes // 60} h {minutes % 60:02d} min"
    days, hours = divmod(round(minutes / 60), 24)
    return f"{sign}{days:,} d {hours} h"


def exact_duration(seconds: float) -> str:
    """Seconds as ``5 h 06 min 07 s``, for comparisons in which a second counts."""
    sign = "-" if seconds < 0 else ""
    whole, rest = divmod(round(abs(float(seconds)), 6), 1)
    minutes, last = divmod(int(whole), 60)
    said = f"{last + rest:.6f}".rstrip("0").rstrip(".") + " s"
    if minutes:
        said = f"{minutes % 60} min {said}"
    if minutes >= 60:
        said = f"{minutes // 60:,} h {said}"
    return sign + said


def with_durations(text: str) -> str:
    """A text of the warehouse in which ``5400 s`` becomes ``1 h 30 min``."""
    return _RAW_SECONDS.sub(lambda found: duration(float(found[1])), text)


def plain_number(value: float) -> str:
    """A number without a unit, whole where it is whole."""
    number = float(value)
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.6g}"
