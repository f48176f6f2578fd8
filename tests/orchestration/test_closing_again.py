"""A close that was written down and not published is not done: asked again, it is published."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.closing import month_close
from orchestration.closing.month_close import CloseRequest, is_closed
from orchestration.settings import Settings

MONTH = date(2026, 10, 1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two synthetic companies with numbers of October, which the ledger says both closed; nothing is published."""
    settings = Settings(tmp_path, None, datetime(2026, 11, 8, tzinfo=UTC), True, "duckdb", ())
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema canonical; create schema governance_review")
        connection.execute(
            "create table canonical.tenants as from (values ('a', 'UTC'), ('b', 'UTC')) as t (tenant_id, reporting_tz)"
        )
        connection.execute(
            "create table governance_review.kpi_monthly as "
            "select tenant_id, date '2026-10-01' as month from canonical.tenants"
        )
    monkeypatch.setattr(month_close, "closes_of", lambda _: {("a", MONTH): 1, ("b", MONTH): 1})
    return settings


def _publish(settings: Settings, *tenants: str) -> None:
    settings.published_dir.mkdir(exist_ok=True)
    settings.marts_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.marts_file)) as connection:
        connection.execute("create schema governance_review")
        connection.execute(
            "create table governance_review.month_closes as "
            "select unnest(?::varchar[]) as tenant_id, date '2026-10-01' as month",
            [list(tenants)],
        )


def test_closed_is_what_readers_see_closed(home: Settings) -> None:
    both, one = CloseRequest(MONTH, "lead"), CloseRequest(MONTH, "lead", tenant_id="a")
    assert not is_closed(home, both)
    _publish(home, "a")
    assert is_closed(home, one)
    assert not is_closed(home, both)
    _publish(home, "a", "b")
    assert is_closed(home, both)
