"""HTML, PDF and workbook show the numbers of the mart, each as its reader reads them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orchestration.pack.audience import Audience
from orchestration.pack.building import pack_numbers
from orchestration.pack.composing import composed
from orchestration.pack.html import html_of
from orchestration.pack.numbers import Pack
from orchestration.pack.pdf import pdf_of
from orchestration.pack.workbook import workbook_of
from tests.pack.conftest import House
from tests.pack.reading import (
    SECONDS,
    html_addresses,
    html_rows,
    pdf_pages,
    plain,
    records,
    workbook,
)

MONTH = date(2025, 12, 1)


@pytest.fixture(scope="module")
def pack(house: House) -> Pack:
    return pack_numbers(house.published, "main", MONTH, Audience())


@pytest.fixture(scope="module")
def files(pack: Pack) -> dict[str, bytes]:
    document = composed(pack, "en")
    return {"html": html_of(document), "pdf": pdf_of(document), "xlsx": workbook_of(document)}


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> list[str]:
    return pdf_pages(files["pdf"])


@pytest.fixture(scope="module")
def mart(house: House) -> list[dict[str, Any]]:
    """Governed company rows that have a number, straight from the table."""
    return house.published.rows(
        "select kpi.*, definitions.name from governance_review.kpi_monthly as kpi "
        "inner join governance_review.kpi_definitions as definitions "
        "on kpi.kpi_id = definitions.kpi_id and kpi.kpi_version = definitions.kpi_version "
        "where month = ? and scope_type = 'company' and is_governed and value is not null",
        [MONTH],
    )


def said(row: dict[str, Any], value: Any = None) -> str:
    """A value as the English pack shows it, worked out beside it."""
    number = float(row["value"] if value is None else value)
    if number < 0:
        return f"−{said(row, -number)}"
    if row["unit"] == "s":
        minutes = round(number / 60)
        if abs(number) < 59.5:
            return f"{number:.0f} s"
        if minutes < 60:
            return f"{minutes} min"
        if minutes // 60 < 96:
            return f"{minutes // 60} h {minutes % 60:02d} min"
        return f"{round(minutes / 60) // 24} d {round(minutes / 60) % 24} h"
    if row["unit"] in ("%", "pp or %"):
        fine = float(row["target"] or row["value"])
        return f"{number:.2%}" if 0 < abs(fine) < 0.01 else f"{number:.1%}"
    money = f" {row['unit']}" if len(row["unit"]) == 3 and row["unit"].isupper() else ""
    return (f"{number:,.0f}" if number.is_integer() else f"{number:,.2f}") + money


def key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("kpi_id", "stat", "clock", "layer", "variant"))


def test_every_governed_number_is_in_the_pack_once(pack: Pack, mart: list[dict[str, Any]]) -> None:
    shown = {fact.key: fact.value for fact in pack.facts if fact.value is not None}
    assert shown == {key(row): float(row["value"]) for row in mart}
    assert len(shown) > 60
    assert len([fact for fact in pack.facts if fact.value is not None]) == len(mart)


def test_the_html_table_shows_the_mart(files: dict[str, bytes], mart: list[dict[str, Any]]) -> None:
    rows = html_rows(files["html"])["kpis"]
    found: dict[tuple[str, str], list[list[list[str]]]] = {}
    for row in rows:
        found.setdefault((row[0][0], row[0][1].split(" · ")[0]), []).append(row)
    for row in mart:
        mine = found[row["name"], row["kpi_id"]]
        values = {cells[1][0] for cells in mine}
        bare = {value.removesuffix(f" {row['unit']}") for value in values}
        assert said(row) in values | bare, row["kpi_id"]
        low, high = (
            said(row, row[name]) if row[name] is not None else "" for name in ("ci_low", "ci_high")
        )
        shown = (
            f"{low} – {high}"
            if low and high
            else f"≥ {low}"
            if low
            else f"≤ {high}"
            if high
            else ""
        )
        if not row["unit"].startswith("per"):
            assert shown in {cells[2][0] for cells in mine}, row["kpi_id"]
        assert f"{row['n']:,}" in {cells[3][0] for cells in mine}, row["kpi_id"]


def test_the_pdf_shows_the_mart(pages: list[str], mart: list[dict[str, Any]]) -> None:
    text = " ".join(pages)
    names = {row["name"] for row in mart}
    for row in mart:
        starts = [
            place
            for place in range(len(text))
            if text.startswith(f"{row['name']} {row['kpi_id']}", place)
        ]
        after = [text[place : place + len(row["name"]) + 220] for place in starts]
        assert any(said(row) in part for part in after), (row["kpi_id"], said(row), after[:1])
    assert len(names) > 50


def test_the_workbook_holds_numbers_with_formats(
    files: dict[str, bytes], mart: list[dict[str, Any]]
) -> None:
    sheet = workbook(files["xlsx"])["KPI table"]
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records(sheet):
        found.setdefault(str(record["Detail"]).split(" · ")[0].split("\n")[0], []).append(record)
    for row in mart:
        factor = SECONDS if row["unit"] == "s" else 1
        values = [
            record["Value"]
            if not hasattr(record["Value"], "total_seconds")
            else record["Value"].total_seconds() / SECONDS
            for record in found[row["kpi_id"]]
        ]
        wanted = float(row["value"]) / factor
        assert any(value == pytest.approx(wanted, abs=1e-7) for value in values), row["kpi_id"]
        assert row["n"] in [record["n"] for record in found[row["kpi_id"]]]
    formats = {cell.number_format for cell in sheet["D"][4:]} | {
        cell.number_format for cell in sheet["C"][4:]
    }
    assert {"0.00%", "[h]:mm:ss", "#,##0"} <= formats


def test_the_workbook_can_be_worked_with(files: dict[str, bytes], pack: Pack) -> None:
    book = workbook(files["xlsx"])
    cover, *tables = book.worksheets
    assert [chart.__class__.__name__ for chart in cover._charts] == ["BarChart"]
    assert len(book["Reasons"]._charts) == 1
    for sheet in tables:
        assert sheet.freeze_panes == "B5", sheet.title
        assert "PROVISIONAL" in sheet["A2"].value, sheet.title
        assert pack.hash in sheet["A3"].value, sheet.title
    filtered = {sheet.title for sheet in tables if sheet.auto_filter.ref}
    assert {
        "KPI table",
        "KPIs off target",
        "Reasons",
        "Marketplace health",
        "Definitions",
    } <= filtered
    assert b"sparkline" in _part(files["xlsx"], "KPI table", book)


def _part(content: bytes, title: str, book: Any) -> bytes:
    import io
    import zipfile

    place = book.sheetnames.index(title) + 1
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(f"xl/worksheets/sheet{place}.xml")


def test_provisional_stands_on_every_page_and_pages_are_numbered(
    files: dict[str, bytes], pages: list[str], pack: Pack
) -> None:
    for number, page in enumerate(pages, 1):
        assert "PROVISIONAL" in page
        assert f"Page {number} of {len(pages)}" in page
        assert pack.hash in page
    assert b'<div class="mark"><strong>PROVISIONAL' in files["html"]


def test_the_html_needs_nothing_from_anywhere(files: dict[str, bytes]) -> None:
    assert all(address.startswith("#") for address in html_addresses(files["html"]))
    bare = files["html"].decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in bare.replace("http-equiv", "")
    assert "@import" not in bare
    assert "url(" not in bare


def test_decisions_and_restatements_come_before_the_table(files: dict[str, bytes]) -> None:
    html = files["html"].decode()
    anchors = [
        "meeting",
        "overview",
        "kpis",
        "reds",
        "people",
        "reasons",
        "health",
        "forums",
        "caveats",
        "definitions",
    ]
    places = [html.index(f'<section id="{anchor}">') for anchor in anchors]
    assert places == sorted(places)


def test_reds_name_the_command_that_lists_their_rows(
    files: dict[str, bytes], pack: Pack, house: House
) -> None:
    from orchestration.explain.question import parse_month

    rows = html_rows(files["html"])["reds"]
    assert len(rows) == len(pack.reds) > 5
    for red, cells in zip(pack.reds, rows, strict=True):
        assert cells[6][-1] == red.command
        words = red.command.split()
        assert words[:2] == ["deskhouse", "explain"]
        assert parse_month(words[3]) == MONTH
        assert cells[6][0] == f"rows: {red.fact.n:,}"


def test_shares_of_misses_never_pass_the_whole(pack: Pack) -> None:
    weighed = 0
    for red in pack.reds:
        for kind in ("channel", "team", "marketplace_account"):
            parts = [part for part in red.parts if part.scope_type == kind and part.misses]
            if parts:
                weighed += 1
                total = parts[0].total or 0
                assert sum(part.misses or 0 for part in parts) <= total * 1.001
                sizes = [part.misses or 0 for part in parts]
                assert sizes == sorted(sizes, reverse=True)
    assert weighed > 3


def test_reasons_add_up_to_all_tickets(pack: Pack, house: House) -> None:
    (whole,) = house.rows(
        "select cast(value as integer) from governance_review.kpi_monthly where month = '2025-12-01' and kpi_id = "
        "'tag_volume' and scope_type = 'company' and is_governed"
    )[0]
    assert sum(reason.tickets for reason in pack.reasons) == whole
    assert pack.reasons[-1].cumulative == pytest.approx(1)
    assert any(reason.is_untagged for reason in pack.reasons)


def test_html_and_pdf_say_the_same_of_the_reds(files: dict[str, bytes], pages: list[str]) -> None:
    text = " ".join(pages)
    for cells in html_rows(files["html"])["reds"]:
        name = plain(cells[0][0])
        assert name in text
        assert cells[1][0] in text
