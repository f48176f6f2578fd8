"""When a run would only repeat the last one, and everything that makes it more than that."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import repeating
from orchestration.settings import Settings, read_settings

AS_OF = datetime(2026, 11, 1, 6, tzinfo=UTC)


def settings_at(home: Path, instant: datetime = AS_OF) -> Settings:
    return read_settings({"DESKHOUSE_HOME": str(home)}, as_of=instant.isoformat())


def execute(home: Path, *statements: str) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose run has published version ``one``."""
    execute(
        tmp_path,
        "create schema raw_landing",
        "create table raw_landing.tickets as select 1 as ticket_id, 'load' as _dlt_load_id",
        "create schema raw_checks",
        "create table raw_checks.results as select 1 as run_id",
    )
    folder = tmp_path / "published" / "versions" / "one"
    folder.mkdir(parents=True)
    (folder / "marts.duckdb").write_bytes(b"marts")
    (tmp_path / "published" / "current").symlink_to(folder)
    (tmp_path / "published" / "marts.duckdb").symlink_to(folder / "marts.duckdb")
    (tmp_path / "ledger").mkdir()
    return tmp_path


def test_the_same_run_is_a_repetition_with_the_warnings_of_the_first(home):
    settings = settings_at(home)
    digest = repeating.made_of(settings)
    assert repeating.repeated(settings, digest) is None
    repeating.remember(settings, digest, ["ratios moved"])
    again = repeating.repeated(settings, repeating.made_of(settings))
    assert again == repeating.Repeated(("ratios moved",))


def test_results_of_gates_are_no_reason_to_build(home):
    before = repeating.made_of(settings_at(home))
    execute(home, "insert into raw_checks.results values (2)")
    assert repeating.made_of(settings_at(home)) == before


def later(home, monkeypatch):
    return settings_at(home, AS_OF.replace(second=1))


def loaded(home, monkeypatch):
    execute(home, "insert into raw_landing.tickets values (2, 'next')")
    return settings_at(home)


def another_column(home, monkeypatch):
    execute(home, "alter table raw_landing.tickets add column subject varchar")
    return settings_at(home)


def decided(home, monkeypatch):
    (home / "ledger" / "actions-1.parquet").write_bytes(b"an action")
    return settings_at(home)


def opened_to_a_group(home, monkeypatch):
    monkeypatch.setenv("DESKHOUSE_BI_GROUP", "analysts")
    return settings_at(home)


def another_program(home, monkeypatch):
    source = home / "program" / "orchestration"
    source.mkdir(parents=True)
    (source / "gate.py").write_text("limit = 2")
    monkeypatch.setattr(repeating, "PROJECT_DIR", home / "program")
    return settings_at(home)


@pytest.mark.parametrize(
    "change", [later, loaded, another_column, decided, opened_to_a_group, another_program]
)
def test_whatever_changes_a_build_makes_it_no_repetition(home, monkeypatch, change):
    settings = settings_at(home)
    repeating.remember(settings, repeating.made_of(settings), [])
    changed = change(home, monkeypatch)
    assert repeating.repeated(changed, repeating.made_of(changed)) is None


def test_another_version_shown_makes_it_no_repetition(home):
    settings = settings_at(home)
    digest = repeating.made_of(settings)
    repeating.remember(settings, digest, [])
    other = home / "published" / "versions" / "two"
    other.mkdir()
    (home / "published" / "current").unlink()
    (home / "published" / "current").symlink_to(other)
    assert repeating.repeated(settings, digest) is None


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"made_of": 1})])
def test_a_damaged_record_is_built_over(home, text):
    (home / "last_run.json").write_text(text)
    settings = settings_at(home)
    assert repeating.repeated(settings, repeating.made_of(settings)) is None
