"""Numbers as people read them, and the CSV writer that all commands share."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import ConfigurationError
from orchestration.commands.alerts import RULE_UNITS
from orchestration.csv_file import cell, write_csv
from orchestration.explain.number import seconds_in
from orchestration.explain.relations import Kind
from orchestration.figures import duration, exact_duration, in_unit, with_durations
from orchestration.settings import DBT_DIR

_SIZES = {"d": 86_400, "h": 3600, "min": 60, "s": 1}


def _seconds(text: str) -> float:
    """A duration read back."""
    total = sum(
        float(number.replace(",", "")) * _SIZES[unit]
        for number, unit in re.findall(r"([\d.,]+) (d|h|min|s)\b", text)
    )
    return -total if text.startswith("-") else total


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "1 h 00 min"),
        (18360, "5 h 06 min"),
        (-3700, "-1 h 02 min"),
        (-59, "-59 s"),
        (345_540, "95 h 59 min"),
        (345_600, "4 d 0 h"),
        (1976400, "22 d 21 h"),
        (4_000_000, "46 d 7 h"),
        (100_000_000, "1,157 d 10 h"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@given(st.integers(-(10**9), 10**9))
def test_a_duration_is_right_to_its_last_unit_and_exact_where_it_must_be(seconds: int) -> None:
    allowed = 0 if abs(seconds) < 60 else 30 if abs(seconds) < 345_570 else 1830
    assert abs(_seconds(duration(seconds)) - seconds) <= allowed
    assert _seconds(exact_duration(seconds)) == seconds
    assert not re.search(r"\d{3,} s\b", duration(seconds))


def test_units_of_the_registry() -> None:
    assert in_unit(0.935, "%") == "93.5%"
    assert in_unit(7200, "s") == "2 h 00 min"
    assert in_unit(1.5, "days") == "1.50 days"
    assert in_unit(None, "s") == ""
    assert in_unit(1204, "count") == "1,204"


def test_seconds_inside_a_text_become_durations() -> None:
    assert with_durations("5400 s, where is my parcel") == "1 h 30 min, where is my parcel"
    assert with_durations("ticket k15 s. 3") == "ticket k15 s. 3"


def test_every_alert_rule_has_a_unit() -> None:
    text = (DBT_DIR / "macros/governance/alert_rules.sql").read_text(encoding="utf-8")
    rules = re.findall(r"^        \('(\w+)', '\w+', '\w+', '[\w|]+'\),$", text, re.MULTILINE)
    assert len(rules) > 10
    assert set(RULE_UNITS) == set(rules)


@pytest.mark.parametrize(
    ("kpi_id", "kind", "variant", "unit", "expected"),
    [
        ("frt", Kind.DURATIONS, "none", "s", {"numerator"}),
        ("occupancy", Kind.COUNTS, "none", "%", {"numerator", "denominator"}),
        ("shrinkage", Kind.COUNTS, "break", "%", {"numerator", "denominator"}),
        ("tat", Kind.COUNTS, "tat_zero_share", "%", set()),
        ("aht", Kind.DURATIONS, "none", "s", {"numerator"}),
        ("contact_volume", Kind.COUNTS, "none", "count", set()),
        (
            "social_page_responsiveness",
            Kind.PUBLISHED,
            "social_page_response_time",
            "s",
            {"numerator"},
        ),
    ],
)
def test_the_card_tells_which_parts_are_seconds(
    kpi_id: str, kind: Kind, variant: str, unit: str, expected: set[str]
) -> None:
    path = DBT_DIR / "seeds" / "seed_kpi_definitions.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        (definition,) = [row for row in csv.DictReader(handle) if row["kpi_id"] == kpi_id]
    facts = {"variant": variant, "unit": unit}
    assert seconds_in(definition, facts, kind) == expected


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_is_a_formula_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    rows = [[text.replace("\0", "").replace("\r", "\n") for text in row] for row in rows]
    rows = [[text.encode("utf-8", "replace").decode() for text in row] for row in rows]
    assert write_csv(path, [["a", "=b"]], rows) == len(rows)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        head, *found = list(csv.reader(handle))
    assert head == ["a", "'=b"]
    assert not [
        text for row in found for text in row if text.startswith(tuple("=+-@＝＋－＠\t\r\n"))
    ]
    starts = tuple("=+-@＝＋－＠\t\r\n")
    assert found == [[f"'{t}" if t.startswith(starts) else t for t in row] for row in rows]


def test_numbers_are_numbers_and_instants_are_utc() -> None:
    assert [cell(value) for value in (-3, Decimal("-0.50"), None, True, 0.25)] == [
        *("-3", "-0.5", "", "true", "0.25"),
    ]
    assert cell(datetime(2026, 10, 1, 6, tzinfo=UTC)) == "2026-10-01 06:00:00"


def test_a_failed_write_leaves_what_was_there_and_names_the_path(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("before", encoding="utf-8")

    def rows() -> object:
        yield ["1"]
        raise RuntimeError("the query broke off")

    with pytest.raises(RuntimeError):
        write_csv(path, [["a"]], rows())  # type: ignore[arg-type]
    assert path.read_text(encoding="utf-8") == "before"
    assert [found.name for found in tmp_path.iterdir()] == ["x.csv"]
    with pytest.raises(ConfigurationError, match=r"absent/x\.csv cannot be written"):
        write_csv(tmp_path / "absent" / "x.csv", [], [])


def test_money_is_told_in_its_currency() -> None:
    assert in_unit(9.857, "EUR", "ratio") == "9.86 EUR"
    assert in_unit(3.0, "count of 5") == "3"
