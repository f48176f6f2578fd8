"""What reading costs: the model against the calls that are made, the bucket against the vendor's, the README."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.simulator.amazon.limits import TokenBucket
from ingestion.simulator.edesk.app import BURST as VENDOR_BURST
from ingestion.simulator.edesk.app import REFILL_PER_SECOND as VENDOR_REFILL
from ingestion.sources.edesk import cost
from ingestion.sources.edesk.client import BURST, REFILL_PER_SECOND, Bucket
from tests.empty_tables import begin_with_tables
from tests.ingestion.edesk import stub
from tests.ingestion.edesk.conftest import Load, Rows

T0 = datetime(2026, 3, 10, 9, tzinfo=UTC)
README = Path(cost.__file__).parent / "README.md"


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_the_own_bucket_is_never_ahead_of_the_vendors() -> None:
    clock = Time()
    own = Bucket(BURST, REFILL_PER_SECOND, clock.read, clock.sleep)
    vendor = TokenBucket(VENDOR_REFILL, VENDOR_BURST, clock.read)
    refused = 0
    for number in range(600):
        own.take()
        refused += not vendor.take()
        if number % 150 == 149:
            clock.sleep(11.0)
    assert refused == 0


def test_a_first_load_of_twenty_thousand_tickets_takes_seventeen_hours() -> None:
    counted = cost.first_load(20_000)
    assert counted.calls == 5 + 200 + 120_000
    clock = Time()
    bucket = Bucket(BURST, REFILL_PER_SECOND, clock.read, clock.sleep)
    for _ in range(counted.calls):
        bucket.take()
    assert clock.now == pytest.approx(counted.seconds, abs=1)
    assert counted.seconds / 3600 == pytest.approx(16.7, abs=0.05)


@pytest.mark.slow
def test_the_model_counts_the_calls_that_are_made(account: stub.StubAccount, load: Load) -> None:
    for ticket_id in range(1, 131):
        account.ticket(ticket_id, T0 - timedelta(days=30))
        for number in range(2):
            account.item(ticket_id, ticket_id * 10 + number, T0 - timedelta(days=30))
    assert load(T0).error is None
    assert account.calls.total() == cost.first_load(130, 2).calls
    # Twenty-four come in and as many close within the day; half of them had an answer just before.
    for ticket_id in range(1, 25):
        account.tickets[ticket_id]["status"] = "Closed"
        account.ticket(1000 + ticket_id, T0)
        account.item(1000 + ticket_id, 10_000 + ticket_id, T0)
        if ticket_id % 2:
            account.tickets[ticket_id]["last_updated_at"] = stub.clock(T0)
    account.calls.clear()
    assert load(T0 + timedelta(days=1)).error is None
    assert account.calls.total() == cost.poll(130, 24, hours=24, items_per_ticket=1).calls


def test_the_readme_says_what_the_model_counts() -> None:
    text = README.read_text(encoding="utf-8")
    for table in (cost.first_load_table(), cost.poll_table()):
        assert "\n".join(table) in text


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_killed_first_load_keeps_what_was_committed(
    account: stub.StubAccount, address: str, home: Path, rows: Rows
) -> None:
    for ticket_id in range(1, 121):
        account.ticket(ticket_id, T0 - timedelta(days=30))
        account.item(ticket_id, ticket_id * 10, T0 - timedelta(days=30))
    begin_with_tables(home)
    variables = os.environ | {
        "DESKHOUSE_HOME": str(home),
        "DESKHOUSE_AS_OF": T0.isoformat(),
        "SOURCES__EDESK__CALLS_PER_LOAD": "40",
    }
    command = [sys.executable, "-m", "ingestion.sources.edesk"]
    with subprocess.Popen(command, env=variables, stderr=subprocess.DEVNULL) as running:
        while account.calls["messages/1"] < 60 and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    before = account.calls["messages/1"]
    (kept,) = rows("select count(*) from raw_edesk.messages")[0]
    assert 0 < kept <= before
    later = variables | {"DESKHOUSE_AS_OF": (T0 + timedelta(hours=1)).isoformat()}
    subprocess.run(command, env=later, check=True, capture_output=True)
    assert rows("select count(*), count(distinct id) from raw_edesk.messages") == [(120, 120)]
    assert rows("select count(*) from raw_edesk.tickets") == [(120,)]
    assert account.calls["messages/1"] - 120 <= 40, "no more than one load's calls are made twice"
