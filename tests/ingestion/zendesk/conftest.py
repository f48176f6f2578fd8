"""One small account, loaded into a warehouse of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import pipeline
from ingestion.config import IngestionSettings, point_dlt_at
from ingestion.pipeline import LoadResult, run_sources
from tests.ingestion.zendesk import stub
from tests.pipeline import PARTS, build
from tests.shared_build import built_once

AS_OF = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def account() -> Iterator[stub.StubAccount]:
    """Three tickets, their audits, two agents, one buyer."""
    yield stub.StubAccount(
        tickets=[stub.ticket(1, 0), stub.ticket(2, 5), stub.ticket(3, 9)],
        events=[
            stub.audit(
                100,
                1,
                0,
                stub.comment(1001, stub.BUYER, 0),
                {"id": 1002, "event_type": "Create", "status": "new"},
            ),
            stub.audit(101, 2, 5, stub.comment(1003, stub.BUYER, 5)),
            stub.audit(102, 3, 5, stub.comment(1004, stub.BUYER, 5)),
            stub.audit(103, 1, 9, stub.comment(1005, stub.AGENT, 9), updater_id=stub.AGENT),
        ],
        users=[
            stub.user(stub.AGENT, name="Anna Bianchi", role="agent"),
            stub.user(stub.BUYER, 1),
        ],
        lists={
            "ticket_fields": [
                {
                    "id": stub.REASON_FIELD,
                    "title": "Contact reason",
                    "type": "tagger",
                    "active": True,
                },
                {"id": stub.FREE_TEXT_FIELD, "title": "Address", "type": "text", "active": True},
            ],
            "groups": [
                {
                    "id": 21,
                    "name": "Marketplace",
                    "deleted": False,
                    "created_at": stub.at(0),
                    "updated_at": stub.at(0),
                }
            ],
        },
    )


@pytest.fixture
def address(account: stub.StubAccount) -> Iterator[str]:
    """The account served on loopback."""
    with stub.serve(account) as url:
        yield url


@pytest.fixture
def load(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., LoadResult]:
    """Loads the account once; a second call is a second run."""
    for name, value in {
        "BASE_URL": address,
        "CLIENT_ID": "warehouse",
        "CLIENT_SECRET": "stub-secret",
        "START_DATE": "2026-01-01T00:00:00Z",
        "REQUEST_BACKOFF_SECONDS": "0.01",
        "REQUEST_ATTEMPTS": "4",
        "REQUEST_TIMEOUT_SECONDS": "2",
        "EVENT_LOOKBACK_SECONDS": "120",
    }.items():
        monkeypatch.setenv(f"SOURCES__ZENDESK__{name}", value)

    # The other vendors' empty tables are not the subject here and would take most of the time.
    monkeypatch.setattr(pipeline, "SOURCES", {"zendesk": pipeline.SOURCES["zendesk"]})

    def run(as_of: datetime = AS_OF) -> LoadResult:
        (result,) = run_sources(["zendesk"], IngestionSettings(tmp_path / "home", as_of))
        return result

    return run


@pytest.fixture(scope="session")
def mapped_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the empty tables of the vendor and the views of the mapping over them; copy it."""
    return built_once(tmp_path_factory, "zendesk_mapped", _map_nothing)


def _map_nothing(home: Path) -> None:
    settings = IngestionSettings(home, AS_OF)
    point_dlt_at(settings)
    pipeline.ensure_tables("zendesk", settings)
    build(home, AS_OF, ["path:models/staging/zendesk", "path:seeds"], target=PARTS)


@pytest.fixture
def mapped(mapped_home: Path, tmp_path: Path) -> None:
    """The views are there before the first row: they say at any time what the raw tables hold."""
    (tmp_path / "home").mkdir()
    shutil.copyfile(mapped_home / "warehouse.duckdb", tmp_path / "home" / "warehouse.duckdb")


@pytest.fixture
def rows(tmp_path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """Runs a query in the warehouse."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    return query
