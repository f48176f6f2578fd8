"""A forgotten buyer of an eDesk account: what is stored stays, severed, and what is written since is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.forgotten import TOMBSTONE
from ingestion.privacy import load_pseudonymiser
from orchestration.preflight import reset_cursors
from tests.ingestion.edesk import stub
from tests.ingestion.edesk.conftest import Load, Rows
from tests.orchestration.forgetting import forget, settings_of, standing_in

pytestmark = [pytest.mark.slow, pytest.mark.tables("tickets", "ticket_states", "messages")]

T0 = datetime(2026, 3, 10, 9, tzinfo=UTC)
TICKETS = "select id, contact_ref, subject_hash, status from raw_edesk.tickets order by 1"
ITEMS = "select id, type, from_consumer_ref, body_chars from raw_edesk.messages order by 1"


def test_a_stored_ticket_is_severed_and_stays_so_when_it_comes_again(
    account: stub.StubAccount, load: Load, rows: Rows, home: Path
) -> None:
    account.ticket(1, T0)
    account.item(1, 10, T0)
    account.ticket(2, T0, contact_id=stub.BUYER + 1)
    assert load(T0).error is None
    ref = str(load_pseudonymiser(home).customer_ref("edesk", stub.BUYER))
    assert standing_in(home, ref)
    forget(home, str(stub.BUYER), "edesk")
    (_, tombstone, _, _), other = rows(TICKETS)
    assert tombstone.startswith(TOMBSTONE) and not other[1].startswith(TOMBSTONE)
    account.tickets[1]["status"] = "Pending"
    account.item(1, 11, T0 + timedelta(hours=1))
    reset_cursors(settings_of(home), ["edesk"])
    assert load(T0 + timedelta(hours=2)).error is None
    assert rows(TICKETS)[0] == (1, tombstone, None, "Pending")
    first, since = rows(ITEMS)
    assert first[1] == "Message" and first[2].startswith(TOMBSTONE) and first[3] == 29
    assert since == (11, "Refused", None, None)
    assert standing_in(home, ref, str(stub.BUYER)) == {}
