"""A landing folder read without the rest of the pipeline, for what concerns files, cells and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.pipeline import LoadResult, run_sources
from ingestion.sources.landing.folder import LandingFolder
from tests.empty_tables import begin_with_tables

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
HEADER = "tenant_id,source_system,ticket_id,created_at,created_by_role,origin,channel_id,customer_ref,status"
COLUMNS = HEADER.split(",")
Load = Callable[..., LoadResult]


def ticket(ticket_id: str = "k", **changed: Any) -> dict[str, Any]:
    """A synthetic ticket as text cells by column."""
    row: dict[str, Any] = {
        "tenant_id": "acme",
        "source_system": "desk",
        "ticket_id": ticket_id,
        "created_at": "2026-10-01T09:00:00Z",
        "created_by_role": "customer",
        "origin": "inbound",
        "channel_id": "mail",
        "customer_ref": "buyer1",
        "status": "open",
    }
    return row | changed


def csv_of(*rows: dict[str, Any], separator: str = ",") -> str:
    """Rows as CSV without quoting, columns of the first."""
    lines = [separator.join(rows[0])]
    lines += [separator.join(str(value) for value in row.values()) for row in rows]
    return "\n".join(lines) + "\n"


@dataclass
class Seen:
    """What a folder says: rows by table, refusals as (file, line, column, reason), reports by file."""

    folder: LandingFolder

    def rows(self, table: str = "tickets") -> list[dict[str, Any]]:
        """New rows of a table."""
        news = self.folder.news(table)
        return news.rows.to_pylist() if news.rows is not None else []

    def values(self, column: str, table: str = "tickets", key: str = "ticket_id") -> dict[str, Any]:
        """A column of the new rows by key."""
        return {row[key]: row[column] for row in self.rows(table)}

    def refused(self, table: str = "tickets") -> list[tuple[str, int, str | None, str]]:
        """Refusals of a table, in order of file and line."""
        found = [(r.file, r.line, r.column, r.reason) for r in self.folder.news(table).refusals]
        return sorted(found, key=str)

    def notes(self, file: str = "tickets.csv") -> str:
        """Notes of a file as one text."""
        return " · ".join(self.folder.reports[file].notes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "landing"
    path.mkdir()
    return path


@pytest.fixture
def landing(folder: Path) -> Path:
    return folder


@pytest.fixture
def load(tmp_path: Path, landing: Path) -> Load:
    """Load the landing folder only."""
    return partial(load_landing, tmp_path / "home", landing)


def load_landing(home: Path, landing: Path, as_of: datetime = AS_OF) -> LoadResult:
    """Load a landing folder into a home; the other sources' empty tables are not needed here, and its own are there."""
    begin_with_tables(home, ["landing"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "SOURCES", {"landing": pipeline.SOURCES["landing"]})
        (result,) = run_sources(["landing"], IngestionSettings(home, as_of, landing))
    return result


@contextmanager
def warehouse(tmp_path: Path) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Queries of the test's warehouse, which is opened once: opening it reads its whole catalogue."""
    with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield lambda sql: connection.execute(sql).fetchall()


def query(tmp_path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the test's warehouse."""
    with warehouse(tmp_path) as rows:
        return rows(sql)


@pytest.fixture
def look(tmp_path: Path, folder: Path) -> Callable[[], Seen]:
    """Read the folder against an empty warehouse; every table is read."""

    def read() -> Seen:
        seen = Seen(LandingFolder(IngestionSettings(tmp_path / "home", AS_OF), folder))
        for table in seen.folder.files:
            seen.folder.news(table)
        return seen

    return read
