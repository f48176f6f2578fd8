"""Every pull that reached its end notes that it looked, and no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.looks import remember_look
from ingestion.pipeline import run_sources

_NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.fixture
def _of_files_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendors' empty tables are not the subject here and would take most of the time."""
    monkeypatch.setattr(pipeline, "SOURCES", {"landing": pipeline.SOURCES["landing"]})


def _looks(settings: IngestionSettings) -> list[tuple[str, datetime]]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(
            "select connector, looked_at from raw_checks.source_looks order by all"
        ).fetchall()


def test_looks_are_kept_once_per_instant(tmp_path: Path) -> None:
    first = IngestionSettings(tmp_path, _NOW)
    later = IngestionSettings(tmp_path, _NOW + timedelta(hours=1))
    for settings in (first, first, later):
        remember_look("zendesk", settings)
    naive = _NOW.replace(tzinfo=None)
    assert _looks(first) == [("zendesk", naive), ("zendesk", naive + timedelta(hours=1))]


@pytest.mark.usefixtures("_of_files_alone")
def test_an_unchanged_folder_was_looked_at_and_an_absent_one_was_not(tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    folder.mkdir()
    (folder / "tenants.csv").write_text("tenant_id,name,reporting_tz,currency\nt,T,UTC,EUR\n")
    for hour in (0, 1):
        as_of = _NOW + timedelta(hours=hour)
        (result,) = run_sources(["landing"], IngestionSettings(tmp_path / "home", as_of, folder))
        assert result.error is None
    settings = IngestionSettings(tmp_path / "home", _NOW + timedelta(hours=2), tmp_path / "gone")
    (result,) = run_sources(["landing"], settings)
    assert result.error is not None
    looked = [at for _, at in _looks(settings)]
    assert looked == [_NOW.replace(tzinfo=None), (_NOW + timedelta(hours=1)).replace(tzinfo=None)]


@pytest.mark.usefixtures("_of_files_alone")
def test_without_a_folder_nothing_was_looked_at(tmp_path: Path) -> None:
    settings = IngestionSettings(tmp_path / "home", _NOW)
    (result,) = run_sources(["landing"], settings)
    assert result.error is None
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        found = connection.execute(
            "select count(*) from information_schema.tables where table_name = 'source_looks'"
        ).fetchall()
    assert found == [(0,)]
