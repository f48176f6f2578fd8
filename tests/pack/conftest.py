"""One small published file for all tests of the pack: the tables that it reads of the session's simulated seller."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.ledger.keys import FOLDER_VARIABLE
from orchestration.presenting.publication import Publication, publication
from orchestration.settings import Settings, read_settings
from tests.shared_build import built_once

READ = (
    "governance_review.kpi_monthly",
    "governance_review.kpi_definitions",
    "governance_review.kpi_accountability",
    "governance_review.actions",
    "governance_review.restatements",
    "governance_review.month_closes",
    "governance_review.forum_results",
    "core.dim_agents",
    "core.dim_channels",
    "core.dim_tags",
    "core.dim_teams",
    "agent_sla.agent_scorecards",
    "tag_volume.reason_root_causes",
)
"""A pack that read another table would fail here, as it would on a publication without it."""


class House:
    """A home whose publication a test may change with SQL, as if other data had been built."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def settings(self) -> Settings:
        return read_settings({"DESKHOUSE_HOME": str(self.home)})

    @property
    def published(self) -> Publication:
        return publication(self.settings)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.published.connection.cursor().execute(sql).fetchall()


@pytest.fixture(scope="session")
def shelf(
    simulated_warehouse: tuple[Path, datetime], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    warehouse, _ = simulated_warehouse

    def build(folder: Path) -> None:
        with duckdb.connect(str(folder / "marts.duckdb")) as connection:
            connection.execute(f"attach '{warehouse}' as built (read_only)")
            for table in READ:
                connection.execute(f"create schema if not exists {table.split('.')[0]}")
                connection.execute(f"create table {table} as from built.{table}")

    return built_once(tmp_path_factory, "pack", build) / "marts.duckdb"


@pytest.fixture(scope="session")
def make_house(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., House]:
    def make(*changes: str) -> House:
        home = tmp_path_factory.mktemp("house")
        folder = home / "published" / "versions" / "one"
        folder.mkdir(parents=True)
        file = folder / "marts.duckdb"
        shutil.copy(shelf, file)
        if changes:
            with duckdb.connect(str(file)) as connection:
                for change in changes:
                    connection.execute(change)
        (home / "published" / "marts.duckdb").symlink_to(file)
        return House(home)

    return make


@pytest.fixture(scope="session")
def house(make_house: Callable[..., House]) -> House:
    """As built: December 2025 is over and not closed."""
    return make_house()


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look-ups are signed with a key of the test's own."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "keys"))
