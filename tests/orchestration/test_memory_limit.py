"""How much memory a build may take where nobody says it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import dbt_runner
from orchestration.dbt_runner import dbt_environment, memory_limit
from orchestration.settings import Settings


@pytest.mark.parametrize(
    ("rows", "limit"), [(1000, "1500MB"), (4_000_000, "2000MB"), (9_000_000, "3000MB")], ids=str
)
def test_the_memory_of_a_build_follows_the_raw_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, limit: str
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "create schema raw_desk; create schema raw_desk_staging; create schema core"
        )
        # what is built, lies between two steps of loading, or is dlt's own counts for nothing
        for table in (
            "raw_desk.events",
            "raw_desk._dlt_loads",
            "raw_desk_staging.events",
            "core.events",
        ):
            connection.execute(f"create table {table} as select true as x from range({rows})")
    monkeypatch.setattr(dbt_runner, "_SMALL_FILE", 0)
    assert memory_limit(warehouse) == limit


def test_a_small_file_is_not_opened_for_it(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    warehouse.write_bytes(b"no database")
    assert memory_limit(warehouse) == "1500MB"


def test_what_is_not_there_yet_is_small(tmp_path: Path) -> None:
    assert memory_limit(tmp_path / "warehouse.duckdb") == "1500MB"


def test_what_somebody_says_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path, None, datetime(2026, 11, 30, tzinfo=UTC), True, "duckdb", ())
    assert dbt_environment(settings)["DESKHOUSE_MEMORY_LIMIT"] == "1500MB"
    monkeypatch.setenv("DESKHOUSE_MEMORY_LIMIT", "5GB")
    assert dbt_environment(settings)["DESKHOUSE_MEMORY_LIMIT"] == "5GB"
