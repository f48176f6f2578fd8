"""The grammar of the feedback report and the date table, by properties: odd text, every site, every day."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.amazon.feedback_report import read_report
from ingestion.sources.amazon.reports import decoded
from ingestion.sources.amazon.site_dates import DateTable, NoSuchDateError, date_tables
from tests.ingestion.amazon.scripted import GERMANY, HEADER

TABLES = sorted(date_tables().items())
GERMAN = date_tables()[GERMANY]
DAYS = st.dates(date(2000, 1, 1), date(2069, 12, 31))
COMMENTS = st.text(
    st.characters(exclude_characters="\t\n", exclude_categories=("Cs",))
    | st.sampled_from("\"'\r,;\\\x85\u2028\u2029\x0b\x0c\x1c\u00a0\ufeff\u202e"),
    max_size=40,
)
ORDERS = st.from_regex(r"\A[0-9]{3}-[0-9]{7}-[0-9]{7}\Z")
ROWS = st.lists(
    st.tuples(DAYS, st.integers(1, 5), COMMENTS, COMMENTS, ORDERS, COMMENTS),
    max_size=8,
    unique_by=lambda row: row[4],
)


def written(day: date, notation: str, year_digits: int = 2, is_padded: bool = True) -> str:
    """A day in a notation such as ``d.m.y``, spelled by hand."""
    width = 2 if is_padded else 1
    is_short = year_digits == 2 and notation[0] != "y"
    year = f"{day.year % 100:02d}" if is_short else f"{day.year:04d}"
    parts = {"d": f"{day.day:0{width}d}", "m": f"{day.month:0{width}d}", "y": year}
    return "".join(parts.get(sign, sign) for sign in notation)


def text_of(rows: list[tuple[date, int, str, str, str, str]], end: str) -> str:
    """A report of amazon.de."""
    lines = [
        f"{written(day, 'd.m.y')}\t{rating}\t{comment}\t{response}\t{order}\t{mail}"
        for day, rating, comment, response, order, mail in rows
    ]
    return "".join(one + end for one in (HEADER, *lines))


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_row_is_read_whatever_its_texts_hold(
    rows: list[tuple[date, int, str, str, str, str]], end: str, has_mark: bool
) -> None:
    # A carriage return at the end of the last field is the end of the line, so it cannot be told from one of its own.
    text = ("\ufeff" if has_mark else "") + text_of(rows, end)
    reading = read_report(text, GERMANY, GERMAN)
    assert reading.refused == [] and reading.is_whole
    assert [(row["order_id"], row["feedback_date"], row["rating"]) for row in reading.rows] == [
        (order, day.isoformat(), rating) for day, rating, _, _, order, _ in rows
    ]


@given(ROWS.filter(lambda rows: len(rows) > 1), st.data())
def test_a_row_cut_anywhere_costs_that_row_alone(
    rows: list[tuple[date, int, str, str, str, str]], data: st.DataObject
) -> None:
    lines = text_of(rows, "\n").split("\n")[:-1]
    place = data.draw(st.integers(1, len(rows)))
    fields = lines[place].split("\t")
    kept = data.draw(st.integers(1, len(fields) - 1))
    lines[place] = "\t".join(fields[:kept])
    reading = read_report("\n".join(lines), GERMANY, GERMAN)
    assert [row["order_id"] for row in reading.rows] == [
        row[4] for number, row in enumerate(rows, start=1) if number != place
    ]
    assert [one.line for one in reading.refused] == [place + 1]
    assert not reading.is_whole


@given(ROWS, COMMENTS, COMMENTS)
def test_a_line_feed_inside_a_comment_costs_nothing(
    rows: list[tuple[date, int, str, str, str, str]], first: str, second: str
) -> None:
    broken = [(day, rating, f"{first}\n\n{second}", *rest) for day, rating, _, *rest in rows]
    reading = read_report(text_of(broken, "\r\n"), GERMANY, GERMAN)  # type: ignore[arg-type]
    assert reading.refused == []
    assert [row["order_id"] for row in reading.rows] == [row[4] for row in rows]


@given(st.text(max_size=300))
def test_any_text_is_read_or_named_and_never_fails(text: str) -> None:
    reading = read_report(text, GERMANY, GERMAN)
    assert reading.rows == [] or not reading.refused


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "text/plain;charset=UTF-8", "x/y;charset=Cp1252", "?;;="]),
)
def test_any_bytes_become_text(content: bytes, content_type: str) -> None:
    assert isinstance(decoded(content, content_type), str)


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("shift_jis", "text/plain;charset=Shift_JIS"),
        ("iso-8859-5", 'text/plain; charset="ISO-8859-5"'),
        ("utf-16", "text/plain;charset=UTF-8"),
        ("utf-8-sig", "text/plain;charset=Cp1252"),
        ("utf-8", "text/plain;charset=no-such-charset"),
    ],
)
def test_bytes_become_the_text_that_was_meant(encoding: str, content_type: str) -> None:
    text = "\u0411\u0430\u0439"
    assert decoded(text.encode(encoding), content_type) == text


@pytest.mark.parametrize(("_", "table"), TABLES, ids=[table.site for _, table in TABLES])
@given(DAYS, st.sampled_from([2, 4]), st.booleans(), st.data())
def test_every_site_reads_every_day_it_can_write(
    _: str, table: DateTable, day: date, year_digits: int, is_padded: bool, data: st.DataObject
) -> None:
    notation = data.draw(st.sampled_from(table.notations))
    assert table.read(written(day, notation, year_digits, is_padded)) == day
    assert table.read(f" {day.isoformat()} ") == day


@pytest.mark.parametrize(("_", "table"), TABLES, ids=[table.site for _, table in TABLES])
@given(DAYS.filter(lambda day: day.day > 12), st.data())
def test_no_site_reads_a_day_in_the_order_of_another(
    _: str, table: DateTable, day: date, data: st.DataObject
) -> None:
    """A day beyond the twelfth, written in an order the site does not have, exists nowhere else."""
    orders = {notation[::2] for notation in table.notations}
    wrong = data.draw(st.sampled_from(sorted({"dmy", "mdy"} - orders)))
    notation = data.draw(st.sampled_from("./-")).join(wrong)
    with pytest.raises(NoSuchDateError) as refusal:
        table.read(written(day, notation))
    assert table.site in str(refusal.value)
    assert written(day, notation) not in str(refusal.value)


@given(DAYS)
def test_two_digits_in_front_are_no_year_where_a_year_stands_in_front(day: date) -> None:
    table = next(table for _, table in TABLES if table.site == "amazon.se")
    with pytest.raises(NoSuchDateError):
        table.read(f"{day:%y-%m-%d}")


@given(st.text(max_size=12))
def test_what_is_no_date_is_refused_on_every_site(text: str) -> None:
    if re.fullmatch(r"\s*\d{1,4}([./-])\d{1,2}\1\d{1,4}\s*", text, re.ASCII):
        return
    for _, table in TABLES:
        with pytest.raises(NoSuchDateError):
            table.read(text)


def test_a_site_that_nobody_described_reads_years_in_front_only() -> None:
    table = DateTable("marketplace X", ())
    assert table.read("2026-10-25") == date(2026, 10, 25)
    with pytest.raises(NoSuchDateError, match="seed_amazon_feedback_dates"):
        table.read("10/25/26")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1/2/26", "2026-01-02"), ("01-02-2026", "2026-01-02"), ("2026/1/2", "2026-01-02")],
)
def test_the_american_site_in_its_spellings(text: str, expected: str) -> None:
    table = next(table for _, table in TABLES if table.site == "amazon.com")
    assert table.read(text).isoformat() == expected
    for wrong in (
        "1.2.26",
        "13/1/26",
        "2/29/26",
        "1/2/226",
        "1/2-26",
        "1/2",
        "0/1/26",
        "\u0661/2/26",
    ):
        with pytest.raises(NoSuchDateError):
            table.read(wrong)


def test_of_two_feedbacks_of_one_order_the_newer_counts_and_the_other_is_named() -> None:
    rows = ["04.11.25\t1\t\t\t1-2\t", "03.11.25\t3\t\t\t1-2\t", "04.11.25\t1\t\t\t1-2\t"]
    reading = read_report("\n".join([HEADER, *rows]), GERMANY, GERMAN)
    assert [(row["feedback_date"], row["rating"]) for row in reading.rows] == [("2025-11-04", 1)]
    assert [(one.line, one.column) for one in reading.refused] == [(3, "Order ID")]
    assert reading.is_whole


def test_an_old_report_that_ends_its_lines_with_carriage_returns_is_read() -> None:
    text = "\r".join([HEADER, "04.11.25\t1\tlate\t\t1-2\t", "05.11.25\t1\tlate\t\t1-3\t", ""])
    reading = read_report(text, GERMANY, GERMAN)
    assert [row["order_id"] for row in reading.rows] == ["1-2", "1-3"]
