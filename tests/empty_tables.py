"""Empty raw tables, made once a test session by what makes them for a home (``ensure_tables``), and copied since."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from ingestion.config import IngestionSettings, point_dlt_at
from ingestion.pipeline import SOURCES, ensure_tables
from tests.shared_build import built_once_for_all


def begin_with_tables(home: Path, names: Sequence[str] = tuple(SOURCES)) -> None:
    """Give a home that has no warehouse one in which these sources have their empty tables.

    Args:
        home: data folder; nothing happens where it has a warehouse.
        names: of sources, by default all: nine seconds of a processor that prove nothing a second time.
    """
    if not (home / "warehouse.duckdb").exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_made(tuple(names)), home / "warehouse.duckdb")


@cache
def _made(names: tuple[str, ...]) -> Path:
    def make(folder: Path) -> None:
        settings = IngestionSettings(folder, datetime(2026, 1, 1, tzinfo=UTC))
        point_dlt_at(settings)
        for name in names:
            ensure_tables(name, settings)

    return built_once_for_all(f"tables_of_{'_'.join(names)}", make) / "warehouse.duckdb"
