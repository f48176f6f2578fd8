"""One table of what is null, what is read and what is refused; reasons never quote."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.canonical import tables
from ingestion.sources.landing.instants import (
    BadValueError,
    Dialect,
    quick_instant,
    read_clock,
    read_instant,
)
from ingestion.sources.landing.values import CellReader
from ingestion.yaml_lines import YamlFileError
from tests.ingestion.landing.conftest import Seen, csv_of, ticket

Look = Callable[[], Seen]
ROME = ZoneInfo("Europe/Rome")


def read(table: str, column: str, text: str) -> Any:
    """Typed value of one cell, or the reason why it is refused."""
    values, faults = CellReader().column(tables()[table].columns[column], [text], [Dialect()])
    return faults.get(0, values[0])


@pytest.mark.parametrize(
    "word", ["", " ", "NULL", "null", "None", "nan", "NaN", "NaT", "\\N", "N/A", "<NA>", "\u00a0"]
)
def test_words_for_nothing_are_nothing(word: str) -> None:
    assert read("tickets", "assignee_id", word) is None
    assert read("tickets", "created_at", word) is None
    assert read("tickets", "tag_ids", word) is None
    assert read("orders", "units", word) is None


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("agents", "display_name", "Nan"),
        ("agents", "display_name", "None"),
        ("account_health_snapshots", "published_status", "none"),
        ("customers", "country", "NA"),
        ("kpi_targets", "layer", "none"),
    ],
)
def test_words_that_mean_something_there_stay(table: str, column: str, text: str) -> None:
    assert read(table, column, text) == text


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("assignee_id", "501.0", "501"),
        ("assignee_id", " 501\u00a0", "501"),
        ("assignee_id", "0501", "0501"),
        ("channel_id", "*", "*"),
        ("assignee_id", "cafe\u0301", "caf\u00e9"),
        ("assignee_id", "1e5", "1e5"),
        ("assignee_id", "12345678901234567890123", "12345678901234567890123"),
        ("tag_ids", '["a", 7, 8.0]', '["a","7","8"]'),
        ("tag_ids", "[12345678901234567890123]", '["12345678901234567890123"]'),
        ("status", "On Hold", "on_hold"),
        ("is_test", "1.0", True),
        ("is_test", "No", False),
    ],
)
def test_values_that_are_read(column: str, text: str, value: Any) -> None:
    assert read("tickets", column, text) == value


@pytest.mark.parametrize(
    ("table", "column", "text", "says"),
    [
        ("tickets", "assignee_id", "4.12346E+17", "rounded by a spreadsheet"),
        ("tickets", "assignee_id", "4,12346E+17", "rounded by a spreadsheet"),
        ("tickets", "assignee_id", "1.2345678901234568e+18", "rounded by a spreadsheet"),
        ("tickets", "assignee_id", "a\x00b", "control character"),
        ("tickets", "assignee_id", "a\u202eb", "direction marks"),
        ("tickets", "assignee_id", "#N/A", "formula error"),
        ("tickets", "assignee_id", "False", "truth value"),
        ("tickets", "customer_ref", '{"id": 7}', "JSON structure"),
        ("tickets", "tag_ids", "a;b", "no JSON list of texts"),
        ("tickets", "tag_ids", '{"a": 1}', "no JSON list of texts"),
        ("tickets", "tag_ids", '["a", null]', "something else than texts"),
        ("tickets", "tag_ids", '["a", ""]', "empty text"),
        ("tickets", "tag_ids", '["a"', "no JSON"),
        ("tickets", "status", "opne", "did you mean open?"),
        ("tickets", "is_test", "flase", "neither true nor false"),
        ("sla_targets", "target_seconds", "24h", "write digits alone"),
        ("sla_targets", "target_seconds", "1e200000000", "no whole number"),
        ("sla_targets", "target_seconds", "9223372036854775808", "no whole number"),
        ("sla_targets", "compliance_goal", "95%", "write the fraction"),
        ("sla_targets", "compliance_goal", "0,95", "a comma"),
        ("sla_targets", "compliance_goal", "1e99", "does not fit"),
        ("business_calendars", "tz", "Rome", "did you mean Europe/Rome?"),
        ("tenants", "reporting_tz", "CET+1", "no IANA time zone"),
        ("calendar_hours", "opens", "25:99", "between 00:00 and 24:00"),
    ],
)
def test_values_that_are_refused_say_why(table: str, column: str, text: str, says: str) -> None:
    assert says in str(read(table, column, text))


def test_reasons_never_quote_the_cell() -> None:
    secret = "anna.rossi@example.org"
    for table in tables().values():
        for column in table.columns.values():
            reason = CellReader().column(column, [secret], [Dialect()])[1].get(0, "")
            assert "anna" not in reason
            assert "example" not in reason


def test_long_ids_that_all_end_in_zeros_were_rounded(folder: Path, look: Look) -> None:
    ids = ["412345678901234000", "412345678901235000", "412345678901236000"]
    (folder / "tickets.csv").write_text(csv_of(*[ticket(i) for i in ids], ticket("k")))
    seen = look()
    assert list(seen.values("status")) == ["k"]
    assert len(seen.refused()) == 3
    assert "rounded by a spreadsheet" in seen.refused()[0][3]


def test_long_ids_with_all_their_digits_stay(folder: Path, look: Look) -> None:
    ids = ["412345678901234567", "412345678901235000"]
    (folder / "tickets.csv").write_text(csv_of(*[ticket(i) for i in ids]))
    assert sorted(look().values("status")) == ids


def test_numbers_of_json_keep_their_digits(folder: Path, look: Look) -> None:
    row = ticket("x")
    lines = [
        json.dumps(row).replace('"x"', n)
        for n in ("12345678901234567890123", "18446744073709551617", "7")
    ]
    (folder / "tickets.jsonl").write_text("\n".join(lines))
    assert sorted(look().values("status")) == [
        "12345678901234567890123",
        "18446744073709551617",
        "7",
    ]


def test_parquet_types_become_the_contracts(folder: Path, look: Look) -> None:
    rows = [ticket("k"), ticket("k2")]
    table = pa.Table.from_pylist(rows)
    columns: dict[str, pa.Array] = {
        "ticket_id": pa.array([b"b1", b"b2"], pa.binary()),
        "created_at": pa.array([1790845200 * 10**9, 1790848800 * 10**9], pa.timestamp("ns", "UTC")),
        "assignee_id": pa.array([501.0, None], pa.float64()),
        "tag_ids": pa.array([["a", "b"], []], pa.list_(pa.string())),
        "status": pa.array(["open", "solved"]).dictionary_encode(),
    }
    for name, column in columns.items():
        place = table.column_names.index(name) if name in table.column_names else -1
        table = (
            table.append_column(name, column)
            if place < 0
            else table.set_column(place, name, column)
        )
    pq.write_table(table, folder / "tickets.parquet")
    seen = look()
    assert seen.refused() == []
    assert seen.values("assignee_id") == {"b1": "501", "b2": None}
    assert seen.values("tag_ids") == {"b1": '["a","b"]', "b2": "[]"}
    assert seen.values("status") == {"b1": "open", "b2": "solved"}
    assert seen.values("created_at")["b1"] == datetime(2026, 10, 1, 9, tzinfo=UTC)


def test_bytes_that_are_no_text_and_rounded_floats_are_refused(folder: Path, look: Look) -> None:
    table = pa.Table.from_pylist([ticket("k1"), ticket("k2"), ticket("k3")])
    refs = pa.array([b"\xff\xfe", b"fine", b"fine"], pa.binary())
    table = table.set_column(table.column_names.index("customer_ref"), "customer_ref", refs)
    table = table.append_column("assignee_id", pa.array([1.0, 4.12345678901234567e17, 7.0]))
    pq.write_table(table, folder / "tickets.parquet")
    seen = look()
    assert seen.values("assignee_id") == {"k3": "7"}
    reasons = [reason for _, _, _, reason in seen.refused()]
    assert any("no UTF-8 text" in reason for reason in reasons)
    assert any("rounded" in reason for reason in reasons)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01T09:00:00Z",
        "2026-10-01 09:00:00 UTC",
        "2026-10-01T09:00:00.000+0000",
        "2026-10-01T11:00:00+02:00",
        "2026-10-01T11:00+02",
        "2026-10-01 9:00:00Z",
        "20261001T090000Z",
        "2026/10/01 09:00 GMT",
        "1790845200",
        "1790845200000",
        "1790845200.0",
        "Thu Oct 01 09:00:00 +0000 2026",
        "Thu, 01 Oct 2026 11:00:00 +0200",
    ],
)
def test_usual_spellings_of_an_instant(text: str) -> None:
    reading = read_instant(text, Dialect())
    assert reading.instant == datetime(2026, 10, 1, 9, tzinfo=UTC)
    assert reading.has_offset


def test_midnight_as_24_is_the_next_day() -> None:
    assert read_instant("2026-10-01T24:00:00Z", Dialect()).instant == datetime(
        2026, 10, 2, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("01/10/2026 09:00", "day and month could be either way round"),
        ("10/1/26 9:00", "day and month could be either way round"),
        ("45931.375", "excel_serials"),
        ("2026-W40-4", "ISO week"),
        ("2026-10-01X09:00", "no ISO-8601"),
        ("2026-10-01 09:00 CET", "abbreviations"),
        ("2026-02-30T09:00:00Z", "does not exist"),
        ("2026-10-01T25:00:00Z", "outside 00:00:00"),
        ("0001-01-01T00:00:00+05:00", "outside the years"),
        ("9999-12-31T24:00:00Z", "outside the years"),
        ("yesterday", "no ISO-8601"),
    ],
)
def test_ambiguous_and_impossible_instants_are_refused(text: str, says: str) -> None:
    with pytest.raises(BadValueError, match=says):
        read_instant(text, Dialect())


def test_settings_read_what_is_ambiguous_without_them() -> None:
    morning = datetime(2026, 10, 1, 7, tzinfo=UTC)
    assert read_instant("01/10/2026 09:00", Dialect(ROME, "dmy")).instant == morning
    assert read_instant("10/1/26 9:00 AM", Dialect(ROME, "mdy")).instant == morning
    assert read_instant("2026-10-01 09:00", Dialect(ROME)).instant == morning
    assert read_instant("46296.375", Dialect(ROME, None, True)).instant == morning


@pytest.mark.parametrize(
    ("text", "says"),
    [("2026-03-29 02:30", "does not exist"), ("2026-10-25 02:30", "happens twice")],
)
def test_hours_of_a_clock_change_need_an_offset(text: str, says: str) -> None:
    with pytest.raises(BadValueError, match=says):
        read_instant(text, Dialect(ROME))
    assert read_instant(f"{text}+01:00", Dialect(ROME)).has_offset


_SECONDS = st.integers(31_536_000, 4_102_444_800)
_INSTANTS = _SECONDS.map(lambda second: datetime.fromtimestamp(second, UTC).replace(tzinfo=None))
_OFFSETS = st.integers(-14 * 60, 14 * 60)


@settings(max_examples=300, deadline=None)
@given(at=_INSTANTS, offset=_OFFSETS, blank=st.sampled_from(["T", " "]), colon=st.booleans())
def test_any_offset_in_any_spelling_is_the_same_instant(
    at: datetime, offset: int, blank: str, colon: bool
) -> None:
    sign = "+" if offset >= 0 else "-"
    zone = f"{sign}{abs(offset) // 60:02d}{':' if colon else ''}{abs(offset) % 60:02d}"
    text = f"{at:%Y-%m-%d}{blank}{at:%H:%M:%S}{zone}"
    expected = (at - timedelta(minutes=offset)).replace(tzinfo=UTC)
    assert read_instant(text, Dialect()).instant == expected
    assert quick_instant(text) in (None, expected)


@settings(max_examples=300, deadline=None)
@given(
    at=_INSTANTS,
    order=st.sampled_from(["dmy", "mdy"]),
    mark=st.sampled_from("/.-"),
    is_short=st.booleans(),
)
def test_a_date_order_reads_what_it_wrote(
    at: datetime, order: Any, mark: str, is_short: bool
) -> None:
    year = f"{at.year % 100:02d}" if is_short and 1971 <= at.year < 2069 else str(at.year)
    first, second = (at.day, at.month) if order == "dmy" else (at.month, at.day)
    text = f"{first}{mark}{second}{mark}{year} {at:%H:%M:%S}"
    assert read_instant(text, Dialect(None, order)).instant == at.replace(tzinfo=UTC)


@settings(max_examples=200, deadline=None)
@given(second=st.integers(10**9, 4_102_444_800))
def test_epochs_in_every_unit(second: int) -> None:
    for text in (str(second), f"{second}000", f"{second}000000"):
        assert read_instant(text, Dialect()).instant == datetime.fromtimestamp(second, UTC)


@settings(max_examples=200, deadline=None)
@given(hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_time_of_day_in_every_spelling(hour: int, minute: int) -> None:
    twelve = f"{hour % 12 or 12}:{minute:02d} {'AM' if hour < 12 else 'PM'}"
    for text in (f"{hour}:{minute:02d}", f"{hour:02d}:{minute:02d}:00", twelve, twelve.lower()):
        assert read_clock(text) == f"{hour:02d}:{minute:02d}"


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=30))
def test_no_text_breaks_a_reader(text: str) -> None:
    for table in ("tickets", "sla_targets", "calendar_hours", "business_calendars", "sla_policies"):
        for column in tables()[table].columns.values():
            values, faults = CellReader().column(column, [text], [Dialect(ROME, "dmy", True)])
            assert len(values) == 1
            assert set(faults) <= {0}


@settings(max_examples=200, deadline=None)
@given(number=st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_to_the_last_of_64_bits(number: int) -> None:
    assert read("sla_targets", "target_seconds", str(number)) == number


def test_times_without_offset_are_named_once_and_read_in_the_zone_that_is_set(
    folder: Path, look: Look
) -> None:
    rows = [
        ticket("k1", created_at="2026-10-31 23:30:00"),
        ticket("k2", created_at="2026-10-31 23:45:00"),
    ]
    (folder / "tickets.csv").write_text(csv_of(*rows))
    seen = look()
    assert seen.notes().count("without offset") == 1
    assert "2 times without offset, read as UTC" in seen.notes()
    (folder / "landing.yml").write_text("sources: {desk: {time_zone: America/New_York}}\n")
    seen = look()
    assert seen.notes() == ""
    assert seen.values("created_at")["k1"] == datetime(2026, 11, 1, 3, 30, tzinfo=UTC)


def test_a_wrong_setting_is_named_with_its_line(folder: Path, look: Look) -> None:
    (folder / "landing.yml").write_text(
        "defaults: {time_zone: Rome}\nfiles:\n  tickets.csv: {date_order: ymd, colour: red}\n"
    )
    with pytest.raises(YamlFileError) as caught:
        look()
    said = str(caught.value)
    assert "line 1: time_zone is no IANA time zone; did you mean Europe/Rome?" in said
    assert "line 3: date_order must be dmy" in said
    assert "colour is unknown" in said


def test_a_workbook_is_read_like_a_csv(folder: Path, look: Look) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(folder / "tickets 2026-10.xlsx") as book:
        sheet = book.add_worksheet("Tickets")
        names = [*ticket("k"), "assignee_id", "due_by_source"]
        sheet.write_row(0, 0, names)
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for line, row in enumerate([ticket("k1"), ticket("k2"), ticket("k3")], start=1):
            sheet.write_row(line, 0, list(row.values()))
            sheet.write_number(line, 9, 501 if line < 3 else 412345678901234567)
            due = datetime.fromisoformat("2026-10-05 18:30")
            sheet.write_datetime(line, 10, due, stamp)
        book.add_worksheet("Notes").write(0, 0, "x")
    seen = look()
    assert seen.values("assignee_id") == {"k1": "501", "k2": "501"}
    assert seen.values("due_by_source")["k1"] == datetime(2026, 10, 5, 18, 30, tzinfo=UTC)
    assert [(line, column) for _, line, column, _ in seen.refused()] == [(4, "assignee_id")]
    assert "only one sheet of 2" in seen.notes("tickets 2026-10.xlsx")


def test_dates_and_decimals_by_setting(folder: Path, look: Look) -> None:
    (folder / "kpi_targets.csv").write_text(
        "tenant_id;target_version_id;kpi_id;stat;scope_id;target;amber_tolerance;direction;target_class;valid_from\n"
        "acme;t1;frt;median;acme;0,5;0,1;lower;D;31.12.2025\n"
    )
    (folder / "landing.yml").write_text(
        'files: {kpi_targets.csv: {decimal: ",", date_order: dmy}}\n'
    )
    seen = look()
    assert seen.refused("kpi_targets") == []
    (row,) = seen.rows("kpi_targets")
    assert (row["target"], row["valid_from"]) == (Decimal("0.5"), date(2025, 12, 31))


@pytest.mark.parametrize(
    "word", ["-", "--", "\u2013", "\u2014", ".", "(Blank)", "[NULL]", "<null>", "NA"]
)
def test_what_helpdesks_and_statistics_tools_write_for_nothing(word: str) -> None:
    assert read("tickets", "assignee_id", word) is None
    assert read("tickets", "priority", word) is None
    assert read("tickets", "due_by_source", word) is None
    assert read("orders", "value", word) is None


def test_na_stays_where_it_is_a_name() -> None:
    assert read("marketplace_accounts", "marketplace_account_id", "NA") == "NA"
    assert read("teams", "team_id", "NA") == "NA"
    assert read("customers", "region", "NA") == "NA"
    assert "holds an empty text" not in str(read("teams", "name", "-"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("4.12346E17", "rounded"),
        ("4,12346E17", "rounded"),
        ("k\u200b1", "invisible"),
        ("M\ufffdller", "letters that an earlier export lost"),
        ("?", "signs alone"),
        ("***", "signs alone"),
    ],
)
def test_ids_that_are_no_ids_any_more(text: str, says: str) -> None:
    assert says in read("tickets", "assignee_id", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [('="0501"', "0501"), ("'0501", "0501"), ("12e4", "12e4"), ("o'neil", "o'neil")],
)
def test_a_spreadsheets_mark_of_text_is_no_part_of_an_id(text: str, value: str) -> None:
    assert read("tickets", "assignee_id", text) == value


def test_a_day_given_as_an_instant_is_never_another_day() -> None:
    assert read("agents", "hired_on", "2026-10-01T00:00:00Z") == date(2026, 10, 1)
    assert read("agents", "hired_on", "2026-10-01 09:00") == date(2026, 10, 1)
    assert "two days" in read("agents", "hired_on", "2026-09-30T22:00:00Z")
    assert "time of day" in read("agents", "hired_on", "2026-10-01 99:99")
    column = tables()["agents"].columns["hired_on"]
    (value,), _ = CellReader().column(column, ["2026-09-30T22:00:00Z"], [Dialect(ROME)])
    assert value == date(2026, 10, 1)


@pytest.mark.parametrize("text", ["2026-W40-4T09:00:00+00:00", "2026-10-01T09:00:00+20:00"])
def test_the_quick_reading_of_instants_refuses_what_the_whole_one_does(text: str) -> None:
    assert quick_instant(text) is None
    with pytest.raises(BadValueError):
        read_instant(text, Dialect())


def test_points_between_thousands_are_no_decimals_where_the_comma_is() -> None:
    column = tables()["orders"].columns["value"]
    values, faults = CellReader(decimal=",").column(column, ["12,5", "1.234", "0.5"], [Dialect()])
    assert values == [Decimal("12.5"), None, Decimal("0.5")]
    assert "thousands" in faults[1]


def _parquet(folder: Path, **columns: pa.Array) -> None:
    count = len(next(iter(columns.values())))
    cells = {name: pa.array([value] * count) for name, value in ticket().items()}
    cells["ticket_id"] = pa.array([f"k{number}" for number in range(count)])
    pq.write_table(pa.table(cells | columns), folder / "tickets.parquet")


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([2**62, 1759309200000000], pa.timestamp("us")),
        pa.array([-(2**62), 1759309200000], pa.timestamp("ms", "UTC")),
        pa.array([2**30, 20362], pa.date32()),
    ],
)
def test_a_value_beyond_pythons_calendar_costs_its_row(
    folder: Path, look: Look, cells: pa.Array
) -> None:
    _parquet(folder, due_by_source=cells)
    seen = look()
    assert list(seen.values("due_by_source")) == ["k1"]
    ((_, line, column, reason),) = seen.refused()
    assert (line, column) == (1, "due_by_source")
    assert "beyond" in reason


def test_parquet_of_unknown_zone_short_floats_and_nested_bytes(folder: Path, look: Look) -> None:
    _parquet(
        folder,
        due_by_source=pa.array([1759309200] * 3, pa.timestamp("s", "Mars/X")),
        assignee_id=pa.array([501.0, 16777217.0, None], pa.float32()),
        tag_ids=pa.array([[b"a"], [b"b"], [b"\xff"]]),
    )
    seen = look()
    assert seen.values("due_by_source") == {"k0": datetime(2025, 10, 1, 9, tzinfo=UTC)}
    assert seen.values("assignee_id") == {"k0": "501"}
    assert seen.values("tag_ids") == {"k0": '["a"]'}
    assert [(line, column) for _, line, column, _ in seen.refused()] == [
        (2, "assignee_id"),
        (3, "tag_ids"),
    ]


def test_merged_cells_hidden_sheets_and_stray_cells_of_a_workbook(folder: Path, look: Look) -> None:
    import xlsxwriter

    names = [*ticket(), "assignee_id"]
    with xlsxwriter.Workbook(folder / "tickets.xlsx") as book:
        old, sheet = book.add_worksheet("old"), book.add_worksheet("export")
        old.write_row(0, 0, names)
        old.write_row(1, 0, list(ticket("old").values()))
        old.hide()
        sheet.activate()
        sheet.write_row(0, 0, names)
        for line in (1, 2, 3):
            sheet.write_row(line, 0, list(ticket(f"k{line}").values()))
        sheet.merge_range(1, 9, 2, 9, "anna")
    with xlsxwriter.Workbook(folder / "tickets (2).xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        sheet.write(1_048_575, 16_383, "x")
    seen = look()
    assert seen.values("assignee_id") == {"k1": "anna", "k3": None}
    lost, merged = seen.refused()
    assert "1,048,576 rows and 16,384 columns" in lost[3]
    assert merged[1:3] == (3, "assignee_id")
    assert "merged" in merged[3]


@pytest.mark.parametrize("name", ["base64", "rot13", "idna", "punycode", "undefined", "utf-7"])
def test_codecs_that_are_no_encoding_of_a_file(folder: Path, look: Look, name: str) -> None:
    (folder / "landing.yml").write_text(f"defaults: {{encoding: {name}}}\n")
    with pytest.raises(YamlFileError, match="line 1: encoding is no encoding"):
        look()


def test_settings_with_control_characters_are_a_sentence(folder: Path, look: Look) -> None:
    (folder / "landing.yml").write_bytes(b"defaults: {}\n\x00")
    with pytest.raises(YamlFileError, match="control characters"):
        look()


def test_formulas_that_ended_in_errors_are_no_empty_cells(folder: Path, look: Look) -> None:
    import xlsxwriter

    names = [*ticket(), "assignee_id", ""]
    with xlsxwriter.Workbook(folder / "tickets.xlsx") as book:
        book.add_worksheet("Notes & more").write_formula(1, 9, "=1/0", None, "#DIV/0!")
        sheet = book.add_worksheet("tickets")
        sheet.write_row(0, 0, names)
        for line in (1, 2):
            sheet.write_row(line, 0, list(ticket(f"k{line}").values()))
        sheet.write_formula(1, 9, "=VLOOKUP(1,A1:B2,2)", None, "#N/A")
        sheet.write_formula(2, 9, '="an" & "na"', None, "anna")
        sheet.write(2, 10, "a remark")
    seen = look()
    assert seen.values("assignee_id") == {"k2": "anna"}
    ((_, line, column, reason),) = seen.refused()
    assert (line, column) == (2, "assignee_id")
    assert "#N/A" in reason
    assert "column 11 has no name" in seen.notes("tickets.xlsx")


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("more", [{}, {"next_page": None, "count": 1}])
def test_rows_wrapped_in_an_object_are_said_as_such(
    folder: Path, look: Look, indent: int | None, more: dict[str, Any]
) -> None:
    wrapped = json.dumps({"tickets": [ticket()], **more}, indent=indent)
    (folder / "tickets.json").write_text(wrapped)
    seen = look()
    assert seen.rows() == []
    ((_, _, _, reason),) = seen.refused()
    assert 'in the list "tickets" inside one object' in reason


def test_settings_of_which_nothing_is_left_are_no_fault(folder: Path, look: Look) -> None:
    (folder / "tickets.csv").write_text(csv_of(ticket()))
    (folder / "landing.yml").write_text("# defaults: {time_zone: Europe/Rome}\n\n")
    assert set(look().values("status")) == {"k"}
