"""``deskhouse landing``: what a folder would give is said before any run, and only what is asked for is written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from ingestion.canonical import tables
from ingestion.sources.landing.validation import arrow_schema, column_types
from orchestration.cli import app
from orchestration.landing_check import GROUPS
from orchestration.landing_measurable import _CAPABILITIES, _INPUTS, _cards, measurable
from tests.landing_exports import CALLS, Calls, table_text

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A landing folder with calls of two lines that cannot be mapped, a sheet, and something that nobody reads."""
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path / "home"))
    path = tmp_path / "landing"
    path.mkdir()
    monkeypatch.setenv("DESKHOUSE_LANDING_DIR", str(path))
    lines = Calls().lines[:20]
    lines[3] |= {"Queued at": "32.10.2026 08:00:00"}
    lines[4] |= {"Result": "exploded"}
    (path / "calls.csv").write_text(table_text(CALLS, lines, ";"))
    (path / "landing.yml").write_text(
        'profiles: [telephone_calls]\nfiles: {"calls*": {tenant_id: acme, date_order: dmy, time_zone: Europe/Berlin}}\n'
    )
    (path / "notes.txt").write_text("x")
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["landing", *arguments])


def test_check_says_what_would_load_what_would_not_and_what_is_not_used(folder: Path) -> None:
    done = run("check")
    assert done.exit_code == 0, done.output
    table = {
        tuple(line.split()[:5])
        for line in done.output.splitlines()
        if line.startswith("calls.csv ")
    }
    assert ("calls.csv", "channels", "telephone_calls", "1", "0") in table
    assert (
        "calls.csv (tickets) line 5, Queued at: this day does not exist in the calendar"
        in done.output
    )
    assert (
        "calls.csv (tickets) line 6, Result: a text of 8 letters is none of the words"
        in done.output
    )
    assert "does not use the column trunk" in done.output
    assert "notes.txt is not read: its ending is none of" in done.output
    assert "KPIs of acme: " in done.output
    assert "grey for want of the capability agent_state: productivity, utilization" in done.output
    assert not (folder.parent / "home").exists()


def test_strict_fails_where_a_row_would_be_refused(folder: Path) -> None:
    assert run("check", "--strict").exit_code == 1
    (folder / "calls.csv").write_text(table_text(CALLS, Calls().lines[:3], ";"))
    assert run("check", str(folder), "--strict").exit_code == 0


def test_faults_of_profiles_and_folders_are_one_sentence(folder: Path) -> None:
    assert run("check", str(folder / "nowhere")).exit_code == 2
    (folder / "landing_profiles").mkdir()
    (folder / "landing_profiles" / "x.yml").write_text("source_system: x\nrows: []\n")
    done = run("check")
    assert done.exit_code == 2
    assert "x.yml line 2: rows must be a list of rules" in done.stderr


def test_a_draft_is_printed_or_written_once(folder: Path) -> None:
    path = folder.parent / "Meine Anrufe 2026.csv"
    path.write_text(table_text(CALLS, Calls().lines, ";"))
    shown = run("profile", str(path))
    assert shown.exit_code == 0
    assert "source_system: meine_anrufe" in shown.output
    assert "Ann Lee" not in shown.output
    assert "555" not in shown.output
    assert not (folder / "landing_profiles").exists()
    written = run("profile", str(path), "--write", "--name", "PBX 5")
    assert written.exit_code == 0
    assert (
        (folder / "landing_profiles" / "pbx.yml")
        .read_text()
        .startswith("# Draft for Meine Anrufe 2026.csv")
    )
    again = run("profile", str(path), "--write", "--name", "pbx")
    assert again.exit_code == 2
    assert "exists: give another --name" in again.stderr


def test_every_need_of_a_card_is_judged() -> None:
    needs = {need for card in _cards() for need in card["required_input"].split("|") if need}
    assert needs <= {*_INPUTS, *tables()}
    asked = {need for card in _cards() for need in card["required_capability"].split("|") if need}
    assert asked <= set(_CAPABILITIES)
    known = set(tables()["source_capabilities"].columns["capability"].allowed)
    assert set(_CAPABILITIES) == known - {
        "message_log"
    }  # no card asks for it; it tells what messages stand for
    assert {card["kpi_group"] for card in _cards()} == set(GROUPS)


def test_a_folder_of_nothing_measures_nothing_and_a_tenant_in_quotes_is_a_name() -> None:
    assert measurable({}) == []
    table = tables()["channels"]
    row = {"tenant_id": "o'brien", "source_system": "s", "channel_id": "c"}
    found = measurable(
        {"channels": pa.Table.from_pylist([row], schema=arrow_schema(column_types(table)))}
    )
    assert {one.tenant_id for one in found} == {"o'brien"}
    by_id = {one.kpi_id: one.missing for one in found}
    assert by_id["frt"] == "messages"
    assert by_id["freshness_lag"] is None
