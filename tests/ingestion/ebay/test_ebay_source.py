"""The eBay source against the simulated vendor: what arrives, what a second run changes, what time brings."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from ingestion.privacy import load_pseudonymiser
from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.world import World
from tests.ingestion.amazon.marketplaces import AS_OF, Loader, at

TABLES = [
    "cancellations",
    "cases",
    "conversation_messages",
    "conversation_states",
    "conversations",
    "customer_service_metrics",
    "inquiries",
    "order_line_items",
    "orders",
    "payment_disputes",
    "quarantined_records",
    "returns",
    "seller_standards_profiles",
]


def test_everything_of_both_accounts_arrives_once(loaded: Loader, seller: World) -> None:
    assert loaded.tables() == TABLES
    ebay = [one for one in seller.orders if one.platform == "ebay" and one.placed_at <= AS_OF]
    found = loaded.rows("select order_id, seller_account from raw_ebay.orders order by 1")
    assert found == sorted((one.order_id, one.account_id) for one in ebay)
    opened = sorted(
        one.inquiry.case_id for one in ebay if one.inquiry and one.inquiry.opened_at <= AS_OF
    )
    assert [
        row[0] for row in loaded.rows("select inquiry_id from raw_ebay.inquiries order by 1")
    ] == opened
    cancelled = sum(bool(one.cancelled_at and one.cancelled_at <= AS_OF) for one in ebay)
    assert loaded.rows("select count(*) from raw_ebay.cancellations") == [(cancelled,)]
    assert loaded.rows("select count(*) from raw_ebay.seller_standards_profiles") == [(6,)]
    assert loaded.rows("select count(*) from raw_ebay.customer_service_metrics") == [(8,)]


def test_only_mailboxes_that_reach_no_helpdesk_are_read(loaded: Loader, seller: World) -> None:
    threads = seller.conversations("ebay.it", AS_OF)
    assert threads
    found = loaded.rows("select conversation_id, seller_account from raw_ebay.conversations")
    assert sorted(found) == sorted((one.conversation_id, "ebay.it") for one in threads)
    messages = loaded.rows(
        "select message_id, created_date, is_from_seller, body_chars from raw_ebay.conversation_messages"
    )
    expected = {
        one.message_id: (not one.from_buyer, len(one.body))
        for two in threads
        for one in two.messages
    }
    assert {key: (seller_side, chars) for key, _, seller_side, chars in messages} == expected


def test_the_buyer_becomes_a_pseudonym(loaded: Loader, seller: World) -> None:
    pseudonymiser = load_pseudonymiser(loaded.home)
    found = dict(loaded.rows("select conversation_id, customer_ref from raw_ebay.conversations"))
    for thread in seller.conversations("ebay.it", AS_OF):
        expected = pseudonymiser.customer_ref("ebay", thread.buyer_id)
        assert found[thread.conversation_id] == expected


def test_a_second_run_changes_no_row(loader: Loader, loaded: Loader, ebay_address: str) -> None:
    loader.begin_with(loaded)
    before = loader.content()
    result = loader.loaded(ebay_address)
    assert loader.content() == before
    assert not any(result.rows.values())
    loader.loaded(ebay_address, AS_OF + timedelta(hours=1))  # equal snapshots add no row either
    assert loader.content() == before


def test_time_brings_changes_and_snapshots_keep_history(
    loader: Loader, loaded: Loader, seller: World
) -> None:
    loader.begin_with(loaded)
    early = dict(loader.rows("select order_id, row_hash from raw_ebay.orders"))
    messages = loader.rows("select count(*) from raw_ebay.conversation_messages")
    later = AS_OF + timedelta(days=14)  # past the evaluation of the 20th
    with running_simulator(at(later), vendors=("ebay",), world=seller) as urls:
        loader.loaded(urls.ebay, later)
    late = dict(loader.rows("select order_id, row_hash from raw_ebay.orders"))
    assert len(late) > len(early) and any(late[order] != early[order] for order in early)
    assert loader.rows("select count(*) from raw_ebay.conversation_messages") > messages
    months = loader.rows(
        "select seller_account, cycle__evaluation_month from raw_ebay.seller_standards_profiles"
        " where cycle__cycle_type = 'CURRENT' and default_program order by 1, 2"
    )
    assert months == [
        (account, month) for account in ("ebay.de", "ebay.it") for month in ("2025-11", "2025-12")
    ]


def test_the_answer_of_the_seller_comes_from_the_single_record(
    loaded: Loader, seller: World
) -> None:
    found = dict(loaded.rows("select return_id, seller_responded_at from raw_ebay.returns"))
    expected = {
        one.return_request.case_id: one.return_request.responded_at
        for one in seller.orders
        if one.return_request and one.return_request.opened_at <= AS_OF
    }
    assert found.keys() == expected.keys()
    for key, answered in expected.items():
        known = answered is not None and answered <= AS_OF
        assert (found[key] is not None) == known
        if known:
            assert abs((found[key] - answered).total_seconds()) < 0.001


@pytest.mark.tables("payment_disputes")
def test_a_deadline_outlives_the_answer(loader: Loader, seller: World) -> None:
    """The vendor shows ``respondByDate`` of a dispute only until the seller acts."""
    disputes = sorted(
        (one.chargeback.opened_at, one)
        for one in seller.orders
        if one.platform == "ebay" and one.chargeback and one.chargeback.responded_at
    )
    assert disputes, "the seed has no answered dispute"
    opened, order = disputes[0]
    assert order.chargeback is not None and order.chargeback.responded_at is not None
    instants = (opened + timedelta(minutes=5), order.chargeback.responded_at + timedelta(minutes=5))
    found = []
    for instant in instants:
        with running_simulator(at(instant), vendors=("ebay",), world=seller) as urls:
            loader.loaded(urls.ebay, instant)
        found += loader.rows(
            "select payment_dispute_status, respond_by_date from raw_ebay.payment_disputes"
            f" where order_id = '{order.order_id}'"
        )
    assert [status for status, _ in found] == ["ACTION_NEEDED", "OPEN"]
    assert found[0][1] == found[1][1] is not None


def test_no_personal_data_reach_the_warehouse(loaded: Loader, seller: World) -> None:
    text = json.dumps(loaded.content(), default=str)
    ebay = [order for order in seller.orders if order.platform == "ebay"]
    forbidden = {"Synthetic", "invalid", "@", "deskhouse_it"}
    forbidden |= {order.buyer_id for order in ebay}
    forbidden |= {order.tracking_number for order in ebay if order.tracking_number}
    threads = seller.conversations("ebay.it", AS_OF)
    forbidden |= {one.body for two in threads for one in two.messages if len(one.body) > 12}
    forbidden |= {one.title for one in threads if len(one.title) > 12}
    assert not [word for word in forbidden if word in text]
