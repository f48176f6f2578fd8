"""How much memory a build may take where nobody says it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.dbt_runner import dbt_environment, memory_limit
from orchestration.settings import Settings


@pytest.mark.parametrize(
    ("gigabytes", "limit"), [(0.2, "1500MB"), (3, "2000MB"), (30, "3000MB")], ids=str
)
def test_a_build_may_take_two_thirds_of_the_warehouse(
    tmp_path: Path, gigabytes: float, limit: str
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    warehouse.touch()
    # of no content: the file system keeps no block of it
    os.truncate(warehouse, int(gigabytes * 10**9))
    assert memory_limit(warehouse) == limit


def test_what_is_not_there_yet_is_small(tmp_path: Path) -> None:
    assert memory_limit(tmp_path / "warehouse.duckdb") == "1500MB"


def test_what_somebody_says_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path, None, datetime(2026, 11, 30, tzinfo=UTC), True, "duckdb", ())
    assert dbt_environment(settings)["DESKHOUSE_MEMORY_LIMIT"] == "1500MB"
    monkeypatch.setenv("DESKHOUSE_MEMORY_LIMIT", "5GB")
    assert dbt_environment(settings)["DESKHOUSE_MEMORY_LIMIT"] == "5GB"
