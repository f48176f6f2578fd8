"""Figures of checks are shown with their units, and every check of the gate has one or counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.dashboard.check_figures import UNITS, limit, seen
from orchestration.dashboard.vocabulary import CHECKS
from orchestration.presenting.languages import language

OWN = language("en")


def check(name: str, **values: Any) -> SimpleNamespace:
    none = dict.fromkeys(("value", "limit_value", "observed_value", "expected_value"))
    return SimpleNamespace(check_name=name, **(none | values))


@pytest.mark.parametrize(
    ("row", "saw", "allowed"),
    [
        (
            check(
                "unmapped_rate", value=0.02, limit_value=0.0, expected_value="less_or_equal 0.000"
            ),
            "2.0%",
            "≤ 0.0%",
        ),
        (
            check(
                "ratios_move_by_steps",
                observed_value="0.8069, 1.805, 99.7, 1.805",
                expected_value="max_value 0.3",
            ),
            "80.7%, 180.5%, 9,970.0%, …",
            "≤ 30.0%",
        ),
        (
            check(
                "volume_is_usual_for_the_weekday",
                observed_value="3.25",
                expected_value="min_value 0.4, max_value 2.5",
            ),
            "3.2 ×",
            "≥ 0.4 ×, ≤ 2.5 ×",
        ),
        (
            check("sources_are_fresh", observed_value="72", expected_value="max_value 48.0"),
            "72 h",
            "≤ 48 h",
        ),
        (
            check("every_file_was_read", observed_value="a.csv", expected_value="max_value 0.0"),
            "a.csv",
            "≤ 0",
        ),
        (check("no_hole_in_the_days"), "", ""),
    ],
)
def test_a_figure_of_a_check_has_its_unit(row: Any, saw: str, allowed: str) -> None:
    assert seen(OWN, row) == saw
    assert limit(OWN, row) == allowed


def test_units_are_of_checks_that_exist() -> None:
    assert UNITS.keys() <= CHECKS.keys()
