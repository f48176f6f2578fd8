"""How a chart writes its numbers, days and months: Vega's locale of a language, from the same source as the texts."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from orchestration.presenting.languages import MINUS, Language

_SUNDAY_FIRST = (6, 0, 1, 2, 3, 4, 5)


def chart_locale(own: Language) -> dict[str, Any]:
    """Formats of numbers and times for the configuration of a Vega-Lite chart (d3-format and d3-time-format)."""
    return _made(str(own.locale))


@cache
def _made(name: str) -> dict[str, Any]:
    locale = Locale.parse(name)
    return {
        "number": {
            "decimal": get_decimal_symbol(locale),
            "thousands": get_group_symbol(locale),
            "grouping": [3],
            "currency": ["", ""],
            "percent": "%",
            "minus": MINUS,
        },
        "time": {
            "dateTime": "%d %b %Y %H:%M",
            "date": "%d %b %Y",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": _days(locale, "wide"),
            "shortDays": _days(locale, "abbreviated"),
            "months": _months(locale, "wide"),
            "shortMonths": _months(locale, "abbreviated"),
        },
    }


def _days(locale: Locale, width: str) -> list[str]:
    names = get_day_names(width, locale=locale)  # type: ignore[arg-type]
    return [names[day] for day in _SUNDAY_FIRST]


def _months(locale: Locale, width: str) -> list[str]:
    names = get_month_names(width, locale=locale)  # type: ignore[arg-type]
    return [names[month] for month in range(1, 13)]
