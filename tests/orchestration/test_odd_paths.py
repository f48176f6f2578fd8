"""A home may have any name: what puts its path into SQL, a template, an address or YAML takes it as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import sqlalchemy
import yaml

from ingestion import odd_paths
from orchestration.closing.month_close import closes_of
from orchestration.dagster_instance import open_instance, prepare_instance
from orchestration.ledger.tables import fill_raw_ledger, ledger_of, newest, rows_of, table_of
from orchestration.plain_paths import for_dbt
from orchestration.promoting import promote
from orchestration.publishing import stage
from orchestration.settings import Settings, read_settings
from orchestration.versions import mark_gated
from orchestration.warehouse import open_read_only, parquet_rows, sql_text

NAMES = (
    "o'brien",
    "two words",
    "100%",
    "50%20",
    "%s %d",
    "{x}",
    "a;b",
    "#1",
    "ü 漢",
    "[z]",
    "$HOME",
    "a&b=c",
    '"q"',
)


@pytest.fixture(params=NAMES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    home = tmp_path / request.param / "home"
    home.mkdir(parents=True)
    return read_settings({"DESKHOUSE_HOME": str(home)}, "2026-11-10T09:00:00Z")


def test_a_publication_is_written_and_read(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema core")
        connection.execute("create table core.dim_dates as select 7 as n")
    candidate = stage(
        settings.warehouse, settings.published_dir, settings.as_of, ["core"], run_id="r1"
    )
    mark_gated(candidate, 1, 0)
    promote(settings.published_dir, candidate)
    with open_read_only(settings.marts_file) as connection:
        assert connection.execute("select n from core.dim_dates").fetchall() == [(7,)]
        parquet = settings.published_dir / "parquet" / "core" / "dim_dates.parquet"
        assert connection.execute(f"select * from {parquet_rows(parquet)}").fetchall() == [(7,)]


def test_the_ledger_is_written_and_read(settings: Settings) -> None:
    ledger_of(settings.home).append(
        {
            "closes": table_of(
                "closes",
                [
                    {
                        **{"close_id": "t-2026-10", "tenant_id": "t", "month": date(2026, 10, 1)},
                        **{"closed_at": datetime(2026, 11, 8, 6), "closed_by": "Ada"},  # noqa: DTZ001
                        **{"data_as_of": datetime(2026, 11, 8, 6), "row_count": 1},  # noqa: DTZ001
                        **{"snapshot_hash": "x", "gate_results": "[]", "waived_gates": "[]"},
                    }
                ],
            )
        }
    )
    assert [row["close_id"] for row in rows_of(settings.home, "closes")] == ["t-2026-10"]
    closed_at = newest(settings.home, "closes", "closed_at")
    assert closed_at == datetime(2026, 11, 8, 6, tzinfo=UTC)
    assert list(closes_of(settings)) == [("t", date(2026, 10, 1))]
    fill_raw_ledger(settings.home)
    with open_read_only(settings.warehouse) as connection:
        assert connection.execute("select tenant_id from raw_ledger.closes").fetchall() == [("t",)]


def test_dagster_keeps_its_history(settings: Settings) -> None:
    folder = prepare_instance(settings)
    content = yaml.safe_load((folder / "dagster.yaml").read_text(encoding="utf-8"))
    base = content["event_log_storage"]["config"]["base_dir"]
    assert base == str(settings.dagster_home / "history" / "runs")
    with open_instance(settings) as instance:
        assert instance.get_runs() == []
        run = dg.DagsterRun("job")
        instance.add_run(run)
        assert [found.run_id for found in instance.get_runs()] == [run.run_id]
        assert instance.all_instigator_state() == []
    history = settings.dagster_home / "history"
    assert (history / "runs.db").is_file()
    assert (history / "runs" / "index.db").is_file()
    assert (settings.dagster_home / "schedules" / "schedules.db").is_file()


def test_dbt_is_given_a_path_that_is_no_address(settings: Settings) -> None:
    duckdb.connect(str(settings.warehouse)).close()
    path = for_dbt(settings.warehouse)
    assert path.samefile(settings.warehouse)
    assert path.name == settings.warehouse.name
    assert path == for_dbt(settings.warehouse)
    odd = any(part in str(settings.warehouse) for part in ";#?")
    assert (path != settings.warehouse) == odd
    assert not any(part in str(path) for part in ";#?")
    # What DuckDB writes beside the file lies in the home, not beside the link.
    assert path.parent.resolve() == settings.home


def test_dlt_is_given_its_own_paths(settings: Settings) -> None:
    template = str(settings.home / "jobs" / "t.%s.0")
    assert odd_paths.as_template(template) % "id" == str(settings.home / "jobs" / "t.id.0")
    path = settings.home / "x.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 1 as n) to {sql_text(path)}")
        query = f"select * from {odd_paths.parquet_rows(str(path))}"
        assert connection.execute(query).fetchall() == [(1,)]


def test_a_read_names_one_file_and_no_pattern(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        for name in ("a[1]b", "a1b", "a*b", "aXb", "a?b"):
            (tmp_path / name).mkdir()
            connection.execute(
                f"copy (select '{name}' as n) to {sql_text(tmp_path / name / 'x.parquet')}"
            )
        for name in ("a[1]b", "a*b", "a?b"):
            query = f"select * from {parquet_rows(tmp_path / name / 'x.parquet')}"
            assert connection.execute(query).fetchall() == [(name,)]


def test_sqlalchemy_still_decodes_addresses() -> None:
    """The reason for encoding Dagster's and GX's addresses; when it fails, encoding them is wrong."""
    assert sqlalchemy.make_url("sqlite:////a%20b").database == "/a b"
