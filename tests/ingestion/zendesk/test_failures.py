"""The vendor misbehaves: limits, errors, dead tokens, flipped types; and the process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import ContractError, CredentialsError, VendorUnreachableError
from ingestion.pipeline import LoadResult
from ingestion.sources.vendor_http import HttpLimits
from ingestion.sources.zendesk.client import ZendeskClient
from tests.ingestion.zendesk import stub
from tests.ingestion.zendesk.conftest import AS_OF

pytestmark = [pytest.mark.slow, pytest.mark.tables("tickets")]

TICKETS = "/api/v2/incremental/tickets/cursor"
Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]


def cut(handler: Any) -> None:
    """The connection breaks in the middle of an answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"tickets": [')
    handler.close_connection = True
    handler.connection.close()


def silent(handler: Any) -> None:
    """No answer within the time limit of the tests (2 s)."""
    time.sleep(2.5)
    handler.close_connection = True


@pytest.mark.parametrize("fault", [500, 503, cut, silent], ids=["500", "503", "cut", "timeout"])
def test_passing_failures_are_retried_and_lose_nothing(
    account: stub.StubAccount, load: Load, rows: Rows, fault: Any
) -> None:
    account.faults[TICKETS] = [fault]
    assert load().error is None
    assert rows("select count(*) from raw_zendesk.tickets") == [(3,)]


def test_limit_is_waited_for_as_long_as_the_vendor_says(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.retry_after = "1"
    account.faults[TICKETS] = [429, 429]
    begin = time.monotonic()
    assert load().error is None
    assert time.monotonic() - begin >= 2
    assert account.answers[429] == 2
    assert rows("select count(*) from raw_zendesk.tickets") == [(3,)]


@pytest.mark.tables("tickets", "ticket_events")
def test_lasting_failure_is_one_sentence_and_the_next_run_continues(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.faults["/api/v2/incremental/ticket_events"] = [503] * 4
    result = load()
    assert isinstance(result.error, VendorUnreachableError)
    assert "503" in str(result.error) and "/api/v2/incremental/ticket_events" in str(result.error)
    assert load(AS_OF + timedelta(hours=1)).error is None
    assert rows("select count(*) from raw_zendesk.tickets") == [(3,)]
    assert rows("select count(*) from raw_zendesk.ticket_events") == [(4,)]


@pytest.mark.tables("tickets", "ticket_events", "users")
def test_an_expired_token_is_replaced_once(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.token_lifetime = 2
    assert load().error is None
    assert account.tokens_issued > 2
    assert rows("select count(*) from raw_zendesk.ticket_events") == [(4,)]


def test_requests_at_the_same_time_share_a_renewed_token(
    account: stub.StubAccount, address: str
) -> None:
    """Pages are read ahead in threads; whoever renews a token must not end that of another request."""
    account.token_lifetime = 3
    client = ZendeskClient(address, "stub-client", account.client_secret, HttpLimits())
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(lambda _: client.get("/api/v2/groups"), range(96)))
    assert [len(answer["groups"]) for answer in answers] == [1] * 96
    assert account.tokens_issued >= 96 / 3


def test_wrong_secret_is_named(
    account: stub.StubAccount, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__ZENDESK__CLIENT_SECRET", "wrong")
    result = load()
    assert isinstance(result.error, CredentialsError)
    assert "SOURCES__ZENDESK__CLIENT_SECRET" in str(result.error)
    assert "wrong" not in str(result.error)


def test_missing_settings_are_named(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCES__ZENDESK__CLIENT_ID")
    result = load()
    assert isinstance(result.error, CredentialsError)
    assert "SOURCES__ZENDESK__CLIENT_ID" in str(result.error)


@pytest.mark.tables("users")
def test_forbidden_export_asks_for_an_admin(account: stub.StubAccount, load: Load) -> None:
    account.faults["/api/v2/incremental/users/cursor"] = [403]
    result = load()
    assert isinstance(result.error, CredentialsError)
    assert "admin" in str(result.error)


@pytest.mark.tables("satisfaction_ratings", "sla_policies", "schedules", "schedule_holidays")
@pytest.mark.parametrize("status", [403, 404])
def test_endpoints_that_the_plan_lacks_are_empty(
    account: stub.StubAccount, load: Load, rows: Rows, status: int
) -> None:
    for path in ("/api/v2/satisfaction_ratings", "/api/v2/slas/policies"):
        account.faults[path] = [status]
    account.faults["/api/v2/business_hours/schedules"] = [status, status]
    assert load().error is None
    assert rows("select count(*) from raw_zendesk.sla_policies") == [(0,)]


def test_a_flipped_type_is_refused_with_table_column_and_key(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    flips: tuple[dict[str, Any], ...] = (
        {"brand_id": "eleven"},
        {"status": 3},
        {"created_at": "yesterday"},
    )
    for change in flips:
        account.tickets[3:] = [stub.ticket(7, 40, **change)]
        result = load(AS_OF + timedelta(hours=1))
        assert isinstance(result.error, ContractError)
        assert f"tickets.{next(iter(change))}" in str(result.error)
        assert "id 7" in str(result.error)
        assert rows("select count(*) from raw_zendesk.tickets") == [(3,)]
    account.tickets[3:] = [stub.ticket(7, 40)]
    assert load(AS_OF + timedelta(hours=2)).rows["tickets"] == 1


def test_an_answer_that_is_no_json_is_explained(account: stub.StubAccount, load: Load) -> None:
    def login_page(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "6")
        handler.end_headers()
        handler.wfile.write(b"<html>")

    account.faults[TICKETS] = [login_page]
    assert "not JSON" in str(load().error)


@pytest.mark.tables("tickets", "ticket_events")
def test_a_run_killed_between_pages_is_made_good_by_the_next(
    account: stub.StubAccount, load: Load, rows: Rows, tmp_path: Path
) -> None:
    reached = tmp_path / "second page"

    def hang(handler: Any) -> None:
        reached.touch()
        time.sleep(3)
        handler.close_connection = True

    account.faults[TICKETS] = [
        cut,
        hang,
    ]  # the retry of the first page hangs while the process dies
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path;"
        "from ingestion.config import IngestionSettings; from ingestion import pipeline;"
        "pipeline.SOURCES = {'zendesk': pipeline.SOURCES['zendesk']};"
        "pipeline.run_sources(['zendesk'], IngestionSettings(Path(sys.argv[1]), datetime(2026, 2, 1, tzinfo=UTC)))"
    )
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "home")],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    try:
        deadline = time.monotonic() + 60
        while not reached.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert reached.exists()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    account.faults.clear()
    assert load().error is None
    assert rows("select count(*), count(distinct id) from raw_zendesk.tickets") == [(3, 3)]
    assert rows("select count(*), count(distinct id) from raw_zendesk.ticket_events") == [(4, 4)]
