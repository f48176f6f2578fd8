"""Downloads hold the rows of the mart with the lines that ``export`` writes, and whose they are is logged first."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import partial

import duckdb
import openpyxl
import pytest

from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, content
from orchestration.dashboard.registry import PAGES
from orchestration.dashboard.selection import Filters
from orchestration.export.persons import BeforeWriting
from orchestration.export.table import HEAD, Wanted, export
from orchestration.export.workbook import export_workbook
from orchestration.lookups import logged
from orchestration.presenting.languages import language
from tests.dashboard.driving import opened

FILTERS = Filters(tenant="main", month="2025-12", days="30", layer="internal")


@pytest.fixture
def context(settings, current):
    return Context(settings, current, language("en", "dashboard"), FILTERS, "agents")


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_every_download_of_every_page_holds_rows(context, current):
    seen = 0
    for name, module in PAGES.items():
        days = getattr(module, "WINDOWS", ("30",))[0]
        view = replace(context, filters=FILTERS.but(days=days))
        for download in getattr(module, "downloads", lambda _: [])(view):
            seen += 1
            wanted = download.wanted(context)
            count = current.one(f"select count(*) from {download.table}")
            if not count:
                continue
            rows = lines(content(context, download, export, "csv"))
            assert [row[0] for row in rows[: len(HEAD)]] == [f"# {name}" for name in HEAD], name
            assert rows[0][1] == download.table
            assert 1 <= len(rows) - len(HEAD) - 1 <= count, (name, wanted)
    assert seen >= 15


def test_csv_and_workbook_are_the_mart(context, current):
    download = Download(
        "agent_sla.agent_scorecards",
        (("period_type", "28d"), ("layer", "internal"), ("platform", "all")),
    )
    expected = current.rows(
        "select agent_key, n, n_met, adjusted_rate from agent_sla.agent_scorecards where period_type = '28d' "
        "and layer = 'internal' and platform = 'all' and tenant_id = 'main'"
    )
    wanted = {(row["agent_key"], row["n"], row["n_met"]) for row in expected}
    rows = lines(content(context, download, export, "csv"))
    header = rows[len(HEAD)]
    names = [name.split(" ")[0] for name in header]
    place = [names.index(column) for column in ("agent_key", "n", "n_met")]
    found = {
        (row[place[0]], int(row[place[1]]), int(row[place[2]])) for row in rows[len(HEAD) + 1 :]
    }
    assert found == wanted

    book = openpyxl.load_workbook(io.BytesIO(content(context, download, export_workbook, "xlsx")))
    sheet = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in sheet[: len(HEAD)]] == [f"# {name}" for name in HEAD]
    assert list(sheet[len(HEAD)]) == header
    cells = {(row[place[0]], row[place[1]], row[place[2]]) for row in sheet[len(HEAD) + 1 :]}
    assert cells == wanted
    assert book.active.freeze_panes and book.active.auto_filter.ref


def test_a_download_is_logged_with_its_persons(context, home):
    content(context, Download("agent_sla.coaching_flags"), export, "csv")
    content(context, Download("agent_sla.coaching_flags"), export_workbook, "xlsx")
    found = list(logged(home))
    assert len(found) == 2 and all(line.agents > 0 and line.rows > 0 for line in found)
    assert "dashboard agents, download agent_sla.coaching_flags" in found[0].command


def test_nothing_is_read_before_somebody_asks(home):
    app = opened("health")
    assert len(app.get("download_button")) == 4
    assert not list(logged(home))


@pytest.mark.parametrize("write", [export, export_workbook])
def test_long_exports_stay_whole_while_their_persons_are_asked_for(tmp_path, write):
    marts = tmp_path / "marts.duckdb"
    with duckdb.connect(str(marts)) as connection:
        connection.execute("create schema agent_sla")
        connection.execute("create schema governance_review")
        connection.execute(
            "create table governance_review.kpi_monthly as select 'main' as tenant_id, timestamp '2026-01-01' as as_of"
        )
        connection.execute(
            "create table agent_sla.deeds as select 'main' as tenant_id, 'k' || range as agent_key, "
            "'=' || range as said, range as n from range(25000)"
        )
    (tmp_path / "publication.json").write_text(
        '{"as_of": "2026-01-01T00:00:00+00:00", "version": "v"}'
    )
    told: list[int] = []
    before: BeforeWriting = lambda filters, keys, rows, tenants: told.append(len(keys))  # noqa: E731
    path = tmp_path / "rows.xlsx"
    count = partial(write, marts, Wanted("deeds"), path)(before)
    assert (count, told) == (25000, [25000])
    if write is export:
        rows = [(row[1], row[2], row[3]) for row in lines(path.read_bytes())[len(HEAD) + 1 :]]
        assert sorted(int(row[2]) for row in rows) == list(range(25000))
        assert all(row[1].startswith("'=") for row in rows)
    else:
        sheet = openpyxl.load_workbook(path, read_only=True).active
        numbers = [row[3] for row in sheet.iter_rows(min_row=len(HEAD) + 2, values_only=True)]
        assert sorted(numbers) == list(range(25000))
