"""One small account, loaded into a warehouse of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.pipeline import LoadResult, run_sources
from tests.ingestion.edesk import stub

Load = Callable[[datetime], LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def account() -> stub.StubAccount:
    """An account without tickets."""
    return stub.StubAccount()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where everything is written."""
    return tmp_path / "home"


@pytest.fixture
def address(account: stub.StubAccount, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The account served on loopback, and the connector pointed at it, quick and without an own limit."""
    with stub.serve(account) as url:
        for name, value in {
            "BASE_URL": url,
            "TOKEN": stub.TOKEN,
            "CALLS_PER_SECOND": "0",
            "REQUEST_BACKOFF_SECONDS": "0.01",
            "REQUEST_ATTEMPTS": "4",
        }.items():
            monkeypatch.setenv(f"SOURCES__EDESK__{name}", value)
        yield url


@pytest.fixture
def load(address: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads the account at an instant."""
    monkeypatch.setattr(pipeline, "SOURCES", {"edesk": pipeline.SOURCES["edesk"]})

    def run(as_of: datetime) -> LoadResult:
        (result,) = run_sources(["edesk"], IngestionSettings(home, as_of))
        return result

    return run


@pytest.fixture
def rows(home: Path) -> Rows:
    """Runs a query in the warehouse."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    return query
