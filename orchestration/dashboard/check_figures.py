"""What a check saw and what its limit is, with units: the warehouse holds bare numbers, several of several rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestration.dashboard.figures import has, number
from orchestration.presenting.languages import Language

UNITS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("few_rows_were_refused", "kpis_stay_measurable", "most_kpis_stay_measurable"),
            *("most_rows_were_accepted", "ratios_move_by_steps", "scope_grids_are_nearly_complete"),
            *("unknown_shares_are_stable", "unknown_shares_do_not_explode"),
        ),
        "%",
    ),
    **dict.fromkeys(
        (
            *("counts_and_durations_move_by_steps", "no_day_is_multiplied", "no_table_collapsed"),
            "volume_is_usual_for_the_weekday",
        ),
        "×",
    ),
    "sources_are_fresh": "h",
}
"""Units of gate checks, a share as ``%`` and a multiple of what is usual as ``×``; any other counts rows or days."""
_SIGNS = {"max_value": "≤", "min_value": "≥", "less_or_equal": "≤", "greater_or_equal": "≥"}
_LIMIT = re.compile(r"(\w+) (-?[\d.]+)")
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?(?:, -?\d+(?:\.\d+)?(?:e-?\d+)?)*")
_SHOWN = 3


def seen(own: Language, row: Any) -> str:
    """What a check saw: a rate, or the figures of the first rows that failed; text that is no figure as it is."""
    rate = number(row.value)
    if rate is not None:
        return own.percent(rate)
    text = str(row.observed_value) if has(row.observed_value) else ""
    if not _NUMBERS.fullmatch(text):
        return text
    figures = [float(part) for part in text.split(", ")]
    said = [_figure(own, UNITS.get(row.check_name, ""), one) for one in figures[:_SHOWN]]
    return ", ".join([*said, *(["…"] if len(figures) > _SHOWN else [])])


def limit(own: Language, row: Any) -> str:
    """The limit with the side that is allowed; empty where a check has none."""
    expected = str(row.expected_value) if has(row.expected_value) else ""
    unit = "%" if has(row.limit_value) else UNITS.get(row.check_name, "")
    return ", ".join(
        f"{_SIGNS[side]} {_figure(own, unit, float(value))}"
        for side, value in _LIMIT.findall(expected)
        if side in _SIGNS
    )


def _figure(own: Language, unit: str, value: float) -> str:
    if unit == "%":
        return own.percent(value)
    shown = own.number(value, 0 if value == int(value) else 1)
    return f"{shown} {unit}" if unit else shown
