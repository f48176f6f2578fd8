"""What stands above the header or beside the sheet: titles of reports, remarks, a sheet of explanations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.ingestion.landing.conftest import Seen, csv_of, ticket

Look = Callable[[], Seen]
ROWS = [ticket("k1"), ticket("k2")]


def workbook(path: Path, **sheets: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    book.save(path)


def table(*rows: dict[str, Any]) -> list[list[Any]]:
    return [list(rows[0]), *(list(row.values()) for row in rows)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "title",
    ["Tickets of October 2026\n\n", "# export\n# by status\n", "status: all\n", "\n\nTickets\n"],
)
def test_lines_above_the_header_are_left_out_by_name(
    folder: Path, look: Look, title: str, separator: str
) -> None:
    (folder / "tickets.csv").write_text(title + csv_of(*ROWS, separator=separator))
    seen = look()
    assert sorted(seen.values("status")) == ["k1", "k2"]
    assert seen.refused() == []
    assert f"the header is line {title.count(chr(10)) + 1}; " in seen.notes()
    assert "left out" in seen.notes()


def test_a_quoted_name_of_the_separator_is_no_title(folder: Path, look: Look) -> None:
    (folder / "tickets.csv").write_text('"sep=;"\n' + csv_of(*ROWS, separator=";"))
    seen = look()
    assert sorted(seen.values("status")) == ["k1", "k2"]
    assert seen.notes() == ""


def test_lines_of_refusals_are_those_of_the_file(folder: Path, look: Look) -> None:
    (folder / "tickets.csv").write_text(
        "Tickets\n\n" + csv_of(ticket("k1"), ticket("k2", status="opne"))
    )
    ((_, line, column, _),) = look().refused()
    assert (line, column) == (5, "status")


def test_values_that_are_names_of_columns_make_no_header(folder: Path, look: Look) -> None:
    """A header is looked for only where the first line is none."""
    odd = ticket("status", channel_id="channel_id", customer_ref="ticket_id")
    (folder / "tickets.csv").write_text(csv_of(odd, ticket("k2")))
    assert sorted(look().values("status")) == ["k2", "status"]


@pytest.mark.parametrize(
    "text",
    [
        csv_of(*ROWS).partition("\n")[2],
        csv_of(*ROWS, separator="^"),
        "".join(f'"{line}"\n' for line in csv_of(*ROWS).splitlines()),
    ],
    ids=["none", "another separator", "each line one cell"],
)
def test_without_a_header_the_file_says_what_must_be_there(
    folder: Path, look: Look, text: str
) -> None:
    (folder / "tickets.csv").write_text(text)
    ((_, _, _, reason),) = look().refused()
    assert reason.startswith("the header names no column of tickets; the first line must name them")
    assert "ticket_id, created_at" in reason


def test_titles_of_a_sheet_and_a_sheet_of_explanations(folder: Path, look: Look) -> None:
    workbook(
        folder / "tickets.xlsx",
        Read_me=[["How this report is made"], [], ["ask", "the", "desk"]],
        Export=[["Tickets of October"], [], *table(*ROWS)],
        Older=table(ticket("k0")),
    )
    seen = look()
    assert sorted(seen.values("status")) == ["k1", "k2"]
    notes = seen.notes("tickets.xlsx")
    assert "the header is line 3; lines 1 to 2 above it are left out" in notes
    assert "only one sheet of 3 is read" in notes


def test_the_first_sheet_counts_where_it_names_columns(folder: Path, look: Look) -> None:
    workbook(folder / "tickets.xlsx", One=table(ticket("k1")), Two=table(ticket("k2")))
    assert sorted(look().values("status")) == ["k1"]


def test_an_id_that_a_spreadsheet_made_a_date_is_refused(folder: Path, look: Look) -> None:
    rows = [
        ticket("3-10"),
        ticket(date(2026, 3, 10)),
        ticket("k3", channel_id=datetime.fromisoformat("2026-01-02 03:00")),
        ticket("k4", created_at=datetime.fromisoformat("2026-10-01 09:00")),
    ]
    workbook(folder / "tickets.xlsx", tickets=table(*rows))
    seen = look()
    assert sorted(seen.values("status")) == ["3-10", "k4"]
    refused = [(line, column) for _, line, column, _ in seen.refused()]
    assert refused == [(3, "ticket_id"), (4, "channel_id")]
    assert all("a date stands where an id belongs" in reason for *_, reason in seen.refused())
