"""Buyers of eBay stay linked through a rotation: what is stored follows, and what is read again is the same."""

from __future__ import annotations

import pytest

from ingestion.config import IngestionSettings
from ingestion.pipeline import settle_keys
from ingestion.privacy import load_pseudonymiser
from tests.ingestion.amazon.marketplaces import AS_OF, Loader

pytestmark = pytest.mark.tables("orders", "conversations", "conversation_messages")
FIRST = "synthetic-key-for-tests-only"
SAID = {
    "conversations": "conversation_id, customer_ref, subject_hash, latest_message_id",
    "conversation_messages": "conversation_id, message_id, body_hash, body_chars",
}


def test_stored_and_new_rows_are_hashed_alike(
    loader: Loader, ebay_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader.loaded(ebay_address)
    read = {
        name: f"select {columns} from raw_ebay.{name} order by all"
        for name, columns in SAID.items()
    }
    before = {name: loader.rows(query) for name, query in read.items()}
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", f"chain:{FIRST},another-synthetic-key")
    settings = IngestionSettings(loader.home, AS_OF)
    assert settle_keys(settings) > 0
    after = {name: loader.rows(query) for name, query in read.items()}
    chain = load_pseudonymiser(loader.home)
    for name, rows in before.items():
        moved = sorted(
            tuple(
                chain.followed(value, 1) if isinstance(value, str) and len(value) == 32 else value
                for value in row
            )
            for row in rows
        )
        assert after[name] == moved != rows
    # A look-back reads all of it again under the chain: each row is the one that is stored.
    loader.loaded(ebay_address)
    assert {name: loader.rows(query) for name, query in read.items()} == after
