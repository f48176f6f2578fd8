"""A forgotten buyer of the marketplace's own mailbox: a stored thread stays, severed; a new one is refused."""

from __future__ import annotations

import pytest

from ingestion.forgotten import Forgotten
from ingestion.privacy import load_pseudonymiser
from ingestion.simulator.world.world import World
from orchestration.preflight import reset_cursors
from tests.ingestion.amazon.marketplaces import OPTIONS, Loader
from tests.orchestration.forgetting import forget, settings_of, standing_in

pytestmark = pytest.mark.tables("orders", "conversations", "conversation_messages")
THREADS = "select conversation_id, left(customer_ref, 10) = 'forgotten-' from raw_ebay.conversations order by 1"
MESSAGES = (
    "select conversation_id, count(*) from raw_ebay.conversation_messages group by 1 order by 1"
)


@pytest.fixture
def buyer(seller: World) -> tuple[str, str]:
    """User name and thread of a buyer whose mailbox is read."""
    thread = seller.conversations("ebay.it", OPTIONS.as_of)[0]
    return thread.buyer_id, thread.conversation_id


def test_a_stored_thread_is_severed_and_comes_again_without_a_change(
    loader: Loader, ebay_address: str, buyer: tuple[str, str]
) -> None:
    name, thread = buyer
    loader.loaded(ebay_address)
    messages = loader.rows(MESSAGES)
    ref = str(load_pseudonymiser(loader.home).customer_ref("ebay", name))
    assert standing_in(loader.home, ref)
    forget(loader.home, name)
    severed = loader.rows(
        "select * exclude (_dlt_load_id, row_hash) from raw_ebay.conversations order by 1"
    )
    assert (thread, True) in loader.rows(THREADS)
    reset_cursors(settings_of(loader.home), ["ebay"])
    loader.loaded(ebay_address)
    assert (
        loader.rows(
            "select * exclude (_dlt_load_id, row_hash) from raw_ebay.conversations order by 1"
        )
        == severed
    )
    assert loader.rows(MESSAGES) == messages
    assert standing_in(loader.home, ref, name) == {}


def test_a_new_thread_is_refused_with_its_messages(
    loader: Loader, ebay_address: str, seller: World, buyer: tuple[str, str]
) -> None:
    name, thread = buyer
    Forgotten(loader.home).add([("main", "ebay", name)])
    loader.loaded(ebay_address)
    theirs = {
        one.conversation_id
        for one in seller.conversations("ebay.it", OPTIONS.as_of)
        if one.buyer_id == name
    }
    assert thread in theirs
    assert not theirs & {one for one, _ in loader.rows(THREADS)}
    assert not theirs & {one for one, _ in loader.rows(MESSAGES)}
    refused = loader.rows("select table_name, reason from raw_ebay.quarantined_records")
    assert [table for table, _ in refused] == ["tickets"] * len(theirs)
    assert all(name not in reason for _, reason in refused)
