"""In which state polls met a thread: the vendor shows the present one only and no time of its change."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ingestion.simulator.ebay.app import ebay_app
from ingestion.simulator.world.world import World
from tests.ingestion.amazon.marketplaces import AS_OF, Loader, altered, at, served

pytestmark = pytest.mark.tables(
    "orders", "conversations", "conversation_states", "conversation_messages"
)
STATES = (
    "select conversation_status, seen_at, previous_seen_at from raw_ebay.conversation_states"
    " where conversation_id = '{}' order by seen_at"
)


def polled(loader: Loader, seller: World, when: datetime, thread: str, status: str) -> None:
    """One load at an instant at which the vendor shows a thread in this state; it asks for no orders anew."""

    def alter(path: str, body: Any) -> Any:
        for one in body.get("conversations", ()) if isinstance(body, dict) else ():
            if one["conversationId"] == thread:
                one["conversationStatus"] = status
        return body

    with served(altered(ebay_app(seller, at(when)), alter)) as address:
        loader.loaded(address, when)


def last_word_of_the_buyer(seller: World, before: datetime) -> str:
    """A thread whose buyer wrote last, longer ago than the look-back, and whom nobody answered until ``before``."""
    return next(
        one.conversation_id
        for one in seller.conversations("ebay.it", before)
        if one.messages[-1].from_buyer and one.messages[-1].sent_at < AS_OF - timedelta(days=20)
    )


def test_a_thread_set_aside_is_met_however_long_the_buyer_has_waited(
    loader: Loader, seller: World
) -> None:
    hours = [AS_OF + timedelta(hours=one) for one in range(4)]
    thread = last_word_of_the_buyer(seller, hours[-1])
    for when, status in zip(hours, ("ACTIVE", "ACTIVE", "ARCHIVE", "ARCHIVE"), strict=True):
        polled(loader, seller, when, thread, status)
    assert loader.rows(STATES.format(thread)) == [
        ("ACTIVE", hours[0], None),
        ("ARCHIVE", hours[2], hours[1]),
    ]
    assert loader.rows(
        f"select conversation_status from raw_ebay.conversations where conversation_id = '{thread}'"
    ) == [("ARCHIVE",)]


def test_a_warehouse_from_before_states_were_kept_says_how_its_threads_stand(
    loader: Loader, loaded: Loader, ebay_address: str
) -> None:
    loader.begin_with(loaded)
    stored = loader.rows(
        "select conversation_id, conversation_status from raw_ebay.conversations order by 1"
    )
    loader.rows("delete from raw_ebay.conversation_states")
    later = AS_OF + timedelta(hours=1)
    loader.loaded(ebay_address, later)
    assert (
        loader.rows(
            "select conversation_id, conversation_status from raw_ebay.conversation_states order by 1"
        )
        == stored
    )
    assert loader.rows(
        "select distinct seen_at, previous_seen_at from raw_ebay.conversation_states"
    ) == [(later, None)]


def test_a_thread_set_aside_again_after_a_new_message_is_told_again(
    loader: Loader, seller: World
) -> None:
    begin = AS_OF - timedelta(days=3)
    early = {one.conversation_id: one for one in seller.conversations("ebay.it", begin)}
    thread = next(
        one.conversation_id
        for one in seller.conversations("ebay.it", AS_OF)
        if one.conversation_id in early
        and len(one.messages) > len(early[one.conversation_id].messages)
    )
    polled(loader, seller, begin, thread, "ARCHIVE")
    polled(loader, seller, AS_OF, thread, "ARCHIVE")
    assert loader.rows(STATES.format(thread)) == [
        ("ARCHIVE", begin, None),
        ("ARCHIVE", AS_OF, begin),
    ]
