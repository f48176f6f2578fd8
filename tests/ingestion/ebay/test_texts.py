"""Messages of the marketplace's own mailbox in the store of texts."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.simulator.server import vendor_app
from ingestion.simulator.world.world import World
from ingestion.texts.store import store_file
from orchestration.preflight import reset_cursors
from tests.ingestion.amazon.marketplaces import OPTIONS, Loader, altered, served
from tests.ingestion.texts.reading import kept, places
from tests.orchestration.forgetting import forget, settings_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tables("orders", "conversations", "conversation_messages"),
]

SIDES = "select message_id, is_from_seller, created_date from raw_ebay.conversation_messages"


@pytest.fixture(autouse=True)
def own_keys(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path_factory.mktemp("keys")))
    monkeypatch.setenv("DESKHOUSE_TEXTS_RETENTION_DAYS", "365")


def _planted(_: str, body: Any) -> Any:
    """Every message says its own id in words that stand nowhere else."""
    for message in body.get("messages") or () if isinstance(body, dict) else ():
        message["messageBody"] = f"planted-{message['messageId']}-text"
    return body


def _loaded(loader: Loader, seller: World) -> None:
    with served(altered(vendor_app("ebay", seller, OPTIONS, ""), _planted)) as address:
        loader.loaded(address)


@pytest.mark.parametrize("mode", ["all", "agent", ""])
def test_each_mode_keeps_what_it_says_and_nothing_else_holds_a_text(
    loader: Loader, seller: World, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", mode)
    _loaded(loader, seller)
    sides = {name: is_ours for name, is_ours, _ in loader.rows(SIDES)}
    assert set(sides.values()) == {True, False}
    assert kept(loader.home) == {
        name: ("agent" if is_ours else "customer", f"planted-{name}-text")
        for name, is_ours in sides.items()
        if mode == "all" or (mode == "agent" and is_ours)
    }
    assert places(loader.home, "planted-") == {}
    assert store_file(loader.home).exists() is bool(mode)


def test_a_forgotten_buyers_threads_lose_their_texts_for_good(
    loader: Loader, seller: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    _loaded(loader, seller)
    before = kept(loader.home)
    buyer = seller.conversations("ebay.it", OPTIONS.as_of)[0].buyer_id
    theirs = [
        one.conversation_id
        for one in seller.conversations("ebay.it", OPTIONS.as_of)
        if one.buyer_id == buyer
    ]
    messages = loader.rows(
        "select message_id from raw_ebay.conversation_messages"
        f" where list_contains({theirs}, conversation_id)"
    )
    assert len(messages) > 1
    assert forget(loader.home, buyer).texts == len(messages)
    reset_cursors(settings_of(loader.home), ["ebay"])
    _loaded(loader, seller)
    assert kept(loader.home).keys() == before.keys() - {name for (name,) in messages}
