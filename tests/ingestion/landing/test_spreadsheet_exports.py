"""What spreadsheets of several countries write: numbers that could be thousands, other words, dates that are none."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.canonical import tables
from ingestion.sheet_rules import SCORES
from ingestion.sources.landing.instants import BadValueError, Dialect, read_instant
from ingestion.sources.landing.names import discover
from ingestion.sources.landing.numerals import decimal_shown, read_number, read_whole
from ingestion.sources.landing.values import CellReader
from tests.ingestion.landing.conftest import COLUMNS, Load, Seen, csv_of, query, ticket

Look = Callable[[], Seen]


def read(table: str, column: str, text: str) -> Any:
    """One cell: its value, else the reason why it is refused."""
    values, faults = CellReader().column(tables()[table].columns[column], [text], [Dialect()])
    return faults.get(0, values[0])


def cost(cost_id: str, amount: str, **changed: Any) -> dict[str, Any]:
    """A synthetic cost as text cells by column."""
    row: dict[str, Any] = {
        "tenant_id": "acme",
        "source_system": "books",
        "cost_id": cost_id,
        "month": "2026-10-01",
        "amount": amount,
        "currency": "EUR",
        "fx_rate_to_report": "1",
        "cost_type": "labour",
        "scope_type": "company",
        "scope_id": "all",
        "allocation_key": "direct",
        "is_final": "true",
    }
    return row | changed


def amounts(seen: Seen) -> dict[str, Decimal]:
    return seen.values("amount", "costs", "cost_id")


def test_a_thousand_is_never_read_as_one(folder: Path, look: Look) -> None:
    rows = [cost("k1", "1.234"), cost("k2", "950,50"), cost("k3", "800")]
    (folder / "costs.csv").write_text(csv_of(*rows, separator=";"))
    seen = look()
    assert amounts(seen) == {"k3": Decimal(800)}
    assert [(line, "decimal" in reason) for _, line, _, reason in seen.refused("costs")] == [
        (2, True),
        (3, True),
    ]


@pytest.mark.parametrize("decimal", [",", "."])
def test_the_setting_decides_and_both_marks_leave_one_reading(
    folder: Path, look: Look, decimal: str
) -> None:
    texts = {",": ["1.234,56", "1\u00a0234,5", "1'234,5"], ".": ["1,234.56", "1 234.5", "1.234"]}
    values = {",": ["1234.56", "1234.5", "1234.5"], ".": ["1234.56", "1234.5", "1.234"]}
    rows = [cost(f"k{number}", text) for number, text in enumerate(texts[decimal])]
    (folder / "costs.csv").write_text(csv_of(*rows, separator=";"))
    (folder / "landing.yml").write_text(f'files: {{costs.csv: {{decimal: "{decimal}"}}}}\n')
    seen = look()
    assert seen.refused("costs") == []
    assert [str(value.normalize()) for value in amounts(seen).values()] == values[decimal]


def test_other_numbers_of_the_file_tell_the_decimal() -> None:
    assert decimal_shown([["1.234"], ["12,5"]], "comma") == ","
    assert decimal_shown([["1.234", None], ["0.5"]], "semicolon") == "."
    assert decimal_shown([["1.234"], ["7"]], "semicolon") is None
    assert decimal_shown([["1.234"], ["7"]], "comma") == "."
    assert read_number("1.234", None, ".") == Decimal("1.234")
    with pytest.raises(BadValueError, match="comma cannot be the decimal"):
        read_number("1,234,567", ",", ",")


@pytest.mark.parametrize("text", ["1.000", "-86,000", "100.000"])
def test_a_whole_number_with_three_zeros_behind_a_mark_is_refused(text: str) -> None:
    with pytest.raises(BadValueError, match="thousands"):
        read_whole(text, None)
    assert "thousands" in read("tickets", "assignee_id", text)


def test_whole_numbers_and_ids_of_float_columns() -> None:
    assert [read_whole(text, None) for text in ("7200.0", "7200.000", "3 600")] == [
        7200,
        7200,
        3600,
    ]
    assert read_whole("7200,00", ",") == 7200
    assert read("tickets", "assignee_id", "501,0") == "501"
    assert "thousands" in read("tickets", "assignee_id", "12,345")


def test_the_scale_of_a_parquet_decimal_is_no_mark(folder: Path, look: Look) -> None:
    row = cost("k", "1")
    cells = {name: pa.array([value]) for name, value in row.items()}
    cells["cost_id"] = pa.array([Decimal("300.000")], pa.decimal128(10, 3))
    pq.write_table(pa.table(cells), folder / "costs.parquet")
    assert amounts(look()) == {"300": Decimal(1)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("WAHR", True),
        ("falso", False),
        ("ADEV\u0102RAT", True),
        ("\u041b\u041e\u0416\u042c", False),
        ("\u0434\u0430", True),
        ("nu", False),
    ],
)
def test_truth_in_the_words_of_a_spreadsheet(text: str, value: bool) -> None:
    assert read("tickets", "is_test", text) is value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\u200cb", "invisible"),
        ("a\tb", "tab"),
        ("a\nb", "line break"),
        ("a\x85b", "control character"),
    ],
)
def test_marks_inside_an_id_are_refused(text: str, says: str) -> None:
    assert says in read("tickets", "ticket_id", text)


def test_a_no_break_blank_makes_no_other_id() -> None:
    assert read("teams", "team_id", "Team\u00a0Nord") == read("teams", "team_id", "Team Nord")


@pytest.mark.parametrize("text", ["2026-10-01 09.30", "01.10.2026 9.30", "2026-10-01T09.30.00"])
def test_a_point_between_hour_and_minute(text: str) -> None:
    half_past = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
    assert read_instant(text, Dialect(None, "dmy")).instant == half_past


@pytest.mark.parametrize("text", ["2026-10-01 09:30.5", "2026-10-01 9.5", "2026-10-01 0930,25"])
def test_parts_of_minutes_and_hours_are_refused(text: str) -> None:
    with pytest.raises(BadValueError, match="HH:MM:SS"):
        read_instant(text, Dialect())


def test_empty_dates_of_tools_are_no_instants(folder: Path, look: Look) -> None:
    rows = [
        ticket("k1", created_at="1970-01-01T00:00:00Z"),
        ticket("k2", created_at="1900-01-01"),
        ticket("k3"),
    ]
    (folder / "tickets.csv").write_text(csv_of(*rows))
    (folder / "tags.csv").write_text(
        "tenant_id,source_system,tag_id,name,kind,valid_from\nacme,desk,t,Late,reason,1970-01-01\n"
    )
    seen = look()
    assert list(seen.values("status")) == ["k3"]
    assert [reason[:33] for *_, reason in seen.refused()] == [
        "the instant lies before 1980, as "
    ] * 2
    assert seen.refused("tags") == []


def test_a_version_from_the_future_does_not_win_for_good(
    tmp_path: Path, folder: Path, load: Load
) -> None:
    row = {"source_updated_at": "2226-10-02T09:00:00Z"}
    (folder / "tickets.csv").write_text(
        csv_of(ticket("k1", **row), ticket("k2", **row | {"source_updated_at": ""}))
    )
    assert load().error is None
    row = {"source_updated_at": "2026-10-03T09:00:00Z"}
    (folder / "tickets.csv").write_text(csv_of(ticket("k1", status="solved", **row)))
    assert load().error is None
    assert query(tmp_path, "select status from raw_landing.tickets where ticket_id = 'k1'") == [
        ("solved",)
    ]


def test_rows_in_the_future_are_counted_in_a_note(folder: Path, look: Look) -> None:
    far = ticket("k2", created_at="2226-10-01T09:00:00Z")
    (folder / "tickets.csv").write_text(csv_of(ticket("k1"), far))
    assert "1 row in the future" in look().notes()


def test_a_file_from_tomorrow_is_no_newer_than_now(folder: Path) -> None:
    path = folder / "tickets.csv"
    path.write_text(csv_of(ticket()))
    ahead = datetime.now(UTC) + timedelta(days=400)
    os.utime(path, (ahead.timestamp(), ahead.timestamp()))
    (found,), _ = discover(folder)
    assert found.known_at <= datetime.now(UTC)


def test_currencies_rates_and_shares_that_cannot_be_meant(folder: Path, look: Look) -> None:
    rows = [
        cost("k1", "1", currency="\u20ac"),
        cost("k2", "1", currency="EURO"),
        cost("k3", "1", fx_rate_to_report="0"),
        cost("k4", "-1", currency="eur"),
    ]
    (folder / "costs.csv").write_text(csv_of(*rows))
    (folder / "kpi_targets.csv").write_text(
        "tenant_id,target_version_id,kpi_id,stat,scope_id,target,amber_tolerance,direction,target_class,valid_from\n"
        "acme,t1,sla_compliance,ratio,company,95,0.02,higher,D,2026-01-01\n"
        "acme,t2,frt,median,company,60,5,lower,D,2026-01-01\n"
        "acme,t3,frt,medain,company,60,5,lower,D,2026-01-01\n"
    )
    seen = look()
    assert seen.values("currency", "costs", "cost_id") == {"k4": "EUR"}
    assert [column for _, _, column, _ in seen.refused("costs")] == [
        "currency",
        "currency",
        "fx_rate_to_report",
    ]
    share, unknown = seen.refused("kpi_targets")
    assert (*share[1:3], "0.95 for 95 %" in share[3]) == (2, "target", True)
    assert (*unknown[1:3], "median" in unknown[3]) == (4, "stat", True), (
        "it would have been of no number"
    )


def test_nobody_is_paid_more_time_than_there_is(folder: Path, look: Look) -> None:
    head = (
        "tenant_id,source_system,agent_id,interval_start,interval_end,state,is_paid,paid_seconds,"
        "handling_seconds,source_quality\n"
    )
    span = "2026-10-01T09:00:00Z,2026-10-01T10:00:00Z,handling,true"
    (folder / "agent_time.csv").write_text(
        f"{head}acme,wfm,a,{span},3600,7200,measured\nacme,wfm,b,{span},3601,0,measured\nacme,wfm,c,{span},0,-1,measured\n"
    )
    seen = look()
    assert [row["agent_id"] for row in seen.rows("agent_time")] == ["a"]
    assert {column for _, _, column, _ in seen.refused("agent_time")} == {
        "paid_seconds",
        "handling_seconds",
    }


def _workbook(path: Path, *rows: list[Any]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(path)


def test_formulas_that_were_never_computed_are_no_empty_cells(folder: Path, look: Look) -> None:
    row = [*ticket("k1").values()]
    _workbook(
        folder / "tickets.xlsx",
        [*COLUMNS, "assignee_id"],
        [*row, '="a"&"b"'],
        [*ticket("k2").values(), None],
    )
    seen = look()
    assert list(seen.values("assignee_id")) == ["k2"]
    ((_, line, column, reason),) = seen.refused()
    assert (line, column, "without its result" in reason) == (2, "assignee_id", True)


def test_a_header_within_a_sheet_is_no_agent(folder: Path, look: Look) -> None:
    head = ["tenant_id", "source_system", "agent_id", "display_name"]
    _workbook(
        folder / "agents.xlsx", head, ["acme", "desk", "1", "A"], head, ["acme", "desk", "2", "B"]
    )
    seen = look()
    assert [row["agent_id"] for row in seen.rows("agents")] == ["1", "2"]
    assert "line 3 is the header again" in seen.notes("agents.xlsx")


def test_a_header_may_be_wider_than_its_rows(folder: Path, look: Look) -> None:
    (folder / "agents.csv").write_text(
        "tenant_id;source_system;agent_id;display_name;;\nacme;desk;1;A\nacme;desk;2;B;;\nacme;desk;3\n"
    )
    seen = look()
    assert [row["agent_id"] for row in seen.rows("agents")] == ["1", "2"]
    assert [(line, reason[:20]) for _, line, _, reason in seen.refused("agents")] == [
        (4, "the row has 3 fields")
    ]


def test_a_last_line_without_end_is_named(folder: Path, look: Look) -> None:
    whole = csv_of(ticket("k1", assignee_id="5011"), ticket("k2", assignee_id="5012"))
    (folder / "tickets.csv").write_text(whole[:-3])
    (folder / "tickets_2.csv").write_text(whole)
    (folder / "tickets_3.csv").write_bytes(whole.encode("utf-16"))
    seen = look()
    assert "line 3 is the last and has no line end" in seen.notes("tickets.csv")
    assert "line end" not in seen.notes("tickets_2.csv") + seen.notes("tickets_3.csv")


def test_files_of_nothing_and_of_another_alphabet_say_so(folder: Path, look: Look) -> None:
    (folder / "tickets.csv").write_bytes(bytes(300))
    name = "\u0418\u0432\u0430\u043d"
    (folder / "agents.csv").write_bytes(
        f"tenant_id,source_system,agent_id,display_name\na,d,1,{name}\n".encode("cp1251")
    )
    seen = look()
    assert "nothing but NUL bytes" in seen.refused()[0][3]
    assert "windows-1251" in seen.refused("agents")[0][3]


def test_rows_under_any_key_of_one_object_are_said_as_such(folder: Path, look: Look) -> None:
    (folder / "tickets.json").write_text('{"data": [{"tenant_id": "acme"}], "next": null}')
    assert 'the list "data"' in look().refused()[0][3]
    (folder / "tickets.json").write_text('{"tenant_id": "acme", "parts": [{"a": 1}]}')
    assert "the list" not in look().refused()[0][3]


def test_a_company_written_in_two_ways_is_named(folder: Path, look: Look, load: Load) -> None:
    (folder / "tickets.csv").write_text(csv_of(ticket("k1"), ticket("k2", source_system="Desk")))
    assert load().error is None
    (folder / "tickets_2.csv").write_text(csv_of(ticket("k3", tenant_id="ACME")))
    (folder / "tickets_3.csv").write_text(csv_of(ticket("k4")))
    seen = look()
    assert "source_system is written in another case than in other rows" in seen.notes()
    assert "as two companies" in seen.notes("tickets_2.csv")
    assert "what is stored" in seen.notes("tickets_2.csv")
    assert "companies" not in seen.notes("tickets_3.csv")


def test_answers_of_a_float_column_count_and_others_are_refused(folder: Path, look: Look) -> None:
    head = "tenant_id,source_system,response_id,ticket_id,responded_at,scale,raw_score,sentiment\n"
    answers = [
        "stars5,5.0,",
        "stars5,7,",
        'stars5,"4,0",',
        "nps11,-1,",
        "binary,Good,",
        "binary,maybe,neutral",
    ]
    (folder / "satisfaction_responses.csv").write_text(
        head
        + "".join(f"acme,s,{i},1,2026-10-01T09:00:00Z,{one}\n" for i, one in enumerate(answers))
    )
    seen = look()
    assert seen.values("raw_score", "satisfaction_responses", "response_id") == {
        "0": "5",
        "2": "4",
        "4": "Good",
        "5": "maybe",
    }
    assert [line for _, line, _, _ in seen.refused("satisfaction_responses")] == [3, 5]


def test_the_scales_are_those_that_the_warehouse_knows() -> None:
    macro = (Path(__file__).parents[3] / "dbt_project/macros/sentiment_of.sql").read_text()
    known: dict[str, set[str]] = {}
    for scales, words in re.findall(
        r"when \{\{ scale \}\} (?:in|=) (.*?) and .*? (?:in|=) (.*?) then", macro
    ):
        for scale in re.findall(r"'(\w+)'", scales):
            known.setdefault(scale, set()).update(re.findall(r"'(\w+)'", words))
    assert known == SCORES
    assert set(known) == set(tables()["satisfaction_responses"].columns["scale"].allowed)


def test_shares_and_lengths_of_messages(folder: Path, look: Look) -> None:
    head = (
        "tenant_id,source_system,message_id,ticket_id,sent_at,direction,visibility,author_role,body_chars,"
        "macro_edit_ratio\n"
    )
    row = "1,2026-10-01T09:00:00Z,outbound,public,agent"
    (folder / "messages.csv").write_text(
        f"{head}acme,d,m1,{row},10,0.5\nacme,d,m2,{row},-1,\nacme,d,m3,{row},10,50\n"
    )
    seen = look()
    assert [one["message_id"] for one in seen.rows("messages")] == ["m1"]
    assert [column for _, _, column, _ in seen.refused("messages")] == [
        "body_chars",
        "macro_edit_ratio",
    ]
