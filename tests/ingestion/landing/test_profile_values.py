"""Values of a profile: durations, words, lists and joins, over any cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.landing.cells import Cell, Unreadable
from ingestion.sources.landing.folder_settings import FileSettings
from ingestion.sources.landing.profiles.evaluating import Rows, evaluated, holds, seconds
from ingestion.sources.landing.profiles.model import Condition, Value
from ingestion.sources.landing.profiles.words import is_filled, plain_word

CELLS = st.one_of(st.none(), st.text(max_size=12), st.just(Unreadable("a broken cell")))


def rows(**columns: list[Cell]) -> Rows:
    count = len(next(iter(columns.values())))
    return Rows(list(range(2, 2 + count)), columns, FileSettings())


@given(st.integers(0, 359_999))
def test_a_duration_is_the_same_however_it_is_written(total: int) -> None:
    minutes, rest = divmod(total, 60)
    hours, part = divmod(minutes, 60)
    spellings = [
        f"{total}",
        f"{total}.0",
        f"{minutes}:{rest:02d}",
        f"{hours}:{part:02d}:{rest:02d}",
    ]
    if minutes < 10_000:
        assert {seconds(text) for text in spellings} == {timedelta(seconds=total)}


@pytest.mark.parametrize(
    "text", ["-5", "1:75", "1:60:00", "soon", "nan", "1e400", "inf", "1,5", ":30", "99999999999"]
)
def test_what_is_no_duration_is_refused_without_quoting_it(text: str) -> None:
    found = seconds(text)
    assert isinstance(found, Unreadable)
    assert text not in found.reason or text == "1:75"


def test_a_decimal_comma_is_a_part_of_a_second_where_the_file_writes_it() -> None:
    assert seconds("1,5", ",") == timedelta(seconds=1.5)


@given(st.lists(CELLS, min_size=1, max_size=8), st.lists(CELLS, min_size=1, max_size=8))
def test_a_join_is_there_where_all_its_parts_are(first: list[Cell], second: list[Cell]) -> None:
    count = min(len(first), len(second))
    table = rows(a=first[:count], b=second[:count])
    made = evaluated(Value(parts=(Value(columns=("A",)), Value(columns=("B",))), glue="/"), table)
    for one, other, cell in zip(first, second, made, strict=False):
        if isinstance(one, Unreadable) or isinstance(other, Unreadable):
            assert isinstance(cell, Unreadable)
        elif is_filled(one) and is_filled(other):
            assert isinstance(cell, str)
            assert "/" in cell
        else:
            assert cell is None


@given(
    st.lists(CELLS, min_size=1, max_size=10),
    st.dictionaries(st.text(max_size=5), st.sampled_from(["x", "y", ""]), min_size=1),
)
def test_every_word_is_mapped_empty_or_refused(cells: list[Cell], words: dict[str, str]) -> None:
    known = {plain_word(word): meaning for word, meaning in words.items() if word != "*"}
    for cell, made in zip(
        cells, evaluated(Value(columns=("a",), words=known), rows(a=cells)), strict=True
    ):
        if isinstance(cell, Unreadable):
            assert made is cell
        elif plain_word(cell or "") in known:
            assert made == (known[plain_word(cell or "")] or None)
        else:
            assert isinstance(made, Unreadable) == is_filled(cell)
    others = evaluated(Value(columns=("a",), words=known | {"*": "z"}), rows(a=cells))
    assert not [
        made
        for cell, made in zip(cells, others, strict=True)
        if isinstance(made, Unreadable) and isinstance(cell, str)
    ]


@given(st.lists(CELLS, min_size=1, max_size=10))
def test_a_condition_and_its_opposite_part_the_rows(cells: list[Cell]) -> None:
    table = rows(a=cells)
    for one, other in (
        (Condition("a", is_filled=True), Condition("a", is_filled=False)),
        (
            Condition("a", words=frozenset({"x"})),
            Condition("a", words=frozenset({"x"}), is_negated=True),
        ),
    ):
        for cell, is_one, is_other in zip(
            cells, holds((one,), table), holds((other,), table), strict=True
        ):
            # of a cell that cannot be read nobody knows whether it is a word or another
            assert is_one != is_other or (isinstance(cell, Unreadable) and one.is_filled is None)


def test_an_instant_and_its_durations() -> None:
    table = rows(
        at=["2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z", None, "soon", "9997-12-31T23:00:00Z"],
        wait=["90", "", "5", "5", "999999999"],
        talk=["0:01:00", None, "5", "5", "999999999"],
    )
    found = evaluated(Value(columns=("At",), plus=("Wait", "Talk")), table)
    assert datetime.fromisoformat(str(found[0])) == datetime(2026, 10, 25, 0, 32, 30, tzinfo=UTC)
    assert found[1:3] == [None, None]
    assert all(isinstance(one, Unreadable) for one in found[3:])


def test_first_filled_list_and_otherwise() -> None:
    table = rows(a=["", "n/a", "x"], b=["p, q ,p", None, "z"])
    picked: Any = evaluated(Value(columns=("a", "b"), otherwise="none"), table)
    assert picked == ["p, q ,p", "none", "x"]
    assert evaluated(Value(columns=("b",), split=","), table) == ['["p","q"]', None, '["z"]']
