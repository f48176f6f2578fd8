"""F34 through the interface: a holder who changed between two polls is uncertain by exactly the interval."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.ingestion.edesk import stub
from tests.pipeline import build, environment, load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SENT = datetime(2026, 3, 10, 9, tzinfo=UTC)
DUE = SENT + timedelta(hours=24)
POLL = timedelta(minutes=15)
OUTSIDE, INSIDE = 1, 2


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tickets of Amazon, promised within a day and not answered; one changes hands at noon, one at its due time."""
    home = tmp_path_factory.mktemp("f34")
    account = stub.StubAccount()
    for ticket_id in (OUTSIDE, INSIDE):
        account.ticket(ticket_id, SENT, owner_user_id=stub.ANNA, contact_id=stub.BUYER + ticket_id)
        account.item(ticket_id, ticket_id * 10, SENT)
    moves: list[tuple[datetime, int | None]] = [
        (SENT + POLL, None),
        (SENT + timedelta(hours=3), None),
        (SENT + timedelta(hours=3) + POLL, OUTSIDE),
        (DUE - timedelta(minutes=10), None),
        (DUE + timedelta(minutes=5), INSIDE),
        (DUE + timedelta(hours=1), None),
    ]
    with stub.serve(account) as address:
        variables = {"BASE_URL": address, "TOKEN": stub.TOKEN, "CALLS_PER_SECOND": "0"}
        with environment(**{f"SOURCES__EDESK__{name}": v for name, v in variables.items()}):
            for instant, moved in moves:
                if moved is not None:
                    account.tickets[moved]["owner_user_id"] = stub.BRUNO
                load(["edesk"], home, instant)
    return build(home, moves[-1][0], ["+ticket_events", "+fct_response_obligations"])


def ask(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def naive(instant: datetime) -> datetime:
    return instant.replace(tzinfo=None)


def test_the_change_is_known_to_the_interval(warehouse: Path) -> None:
    assert ask(
        warehouse,
        """
        select ticket_id, from_value, to_value, occurred_at, time_precision_s, actor_role
        from canonical.ticket_events where event_type = 'assignee_change' and event_source = 'snapshot_diff'
        order by ticket_id, occurred_at
        """,
    ) == [
        ("1", None, "31", naive(SENT + POLL), 900, "unknown"),
        ("1", "31", "32", naive(SENT + timedelta(hours=3) + POLL), 900, "unknown"),
        ("2", None, "31", naive(SENT + POLL), 900, "unknown"),
        ("2", "31", "32", naive(DUE + timedelta(minutes=5)), 900, "unknown"),
    ]


def test_only_the_breach_inside_the_interval_is_uncertain(warehouse: Path) -> None:
    rows = ask(
        warehouse,
        """
        select tickets.ticket_id, promises.marketplace_verdict, promises.marketplace_due_at, promises.is_time_uncertain
        from core.fct_response_obligations as promises inner join canonical.tickets as tickets using (ticket_key)
        order by 1
        """,
    )
    assert rows == [
        ("1", "breached", naive(DUE), False),
        ("2", "breached", naive(DUE), True),
    ]
