"""Timeline items of eDesk in the store of texts, under the ids and roles that their canonical messages have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.texts.store import store_file
from tests.ingestion.edesk import stub
from tests.ingestion.edesk.conftest import Load
from tests.ingestion.texts.reading import kept, places
from tests.orchestration.forgetting import forget

pytestmark = [pytest.mark.slow, pytest.mark.tables("tickets", "ticket_states", "messages")]

T0 = datetime(2026, 3, 10, 9, tzinfo=UTC)
ITEMS: dict[int, tuple[str, dict[str, Any]]] = {
    10: ("customer", {}),
    11: ("agent", {"direction": "Outgoing", "from_user": {"id": stub.ANNA}}),
    12: ("agent", {"type": "Note", "direction": "Incoming", "from_user": {"id": stub.ANNA}}),
    13: ("system", {"type": "AutoReply", "direction": "Outgoing"}),
    14: ("bot", {"type": "AiAutoReplyHandsFree", "direction": "Outgoing"}),
    15: ("marketplace", {"type": "EbayInquiryCase", "direction": "Incoming"}),
}


def _name(item: int) -> str:
    return f"{ITEMS[item][1].get('type', 'Message')}-{item}-1"


@pytest.fixture(autouse=True)
def planted(
    account: stub.StubAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> stub.StubAccount:
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path / "keys"))
    account.ticket(1, T0)
    for number, (_, changes) in ITEMS.items():
        account.item(1, number, T0, body=f"planted-{number}-text", **changes)
    account.item(1, 16, T0, type="Status", body="planted-16-text changed to Closed")
    return account


@pytest.mark.parametrize("mode", ["all", "agent", ""])
def test_each_mode_keeps_what_it_says_and_nothing_else_holds_a_text(
    load: Load, home: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", mode)
    assert load(T0 + timedelta(hours=1)).error is None
    assert kept(home) == {
        _name(number): (role, f"planted-{number}-text")
        for number, (role, _) in ITEMS.items()
        if mode == "all" or (mode == "agent" and role == "agent")
    }
    assert places(home, "planted-") == {}
    assert store_file(home).exists() is bool(mode)


def test_a_forgotten_buyer_and_a_ticket_that_is_gone_lose_their_texts(
    account: stub.StubAccount, load: Load, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    account.ticket(2, T0, contact_id=stub.BUYER + 1)
    account.item(2, 20, T0, body="planted-20", from_consumer_id=stub.BUYER + 1)
    load(T0 + timedelta(hours=1))
    assert forget(home, str(stub.BUYER), "edesk").texts == len(ITEMS)
    account.item(1, 17, T0, direction="Outgoing", from_consumer_id=None, body="planted-17")
    load(T0 + timedelta(hours=2))
    assert kept(home) == {"Message-20-2": ("customer", "planted-20")}
    del account.tickets[2]
    load(T0 + timedelta(hours=3))
    assert kept(home) == {}
