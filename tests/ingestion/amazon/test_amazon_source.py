"""The Amazon source against the simulated vendor: what arrives, what a second run changes, what time brings."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from ingestion.simulator.amazon.app import amazon_app
from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.world import World
from tests.ingestion.amazon.marketplaces import AS_OF, OPTIONS, Loader, altered, at, served

TABLES = [
    "account_health",
    "marketplace_participations",
    "orders",
    "quarantined_records",
    "seller_feedback",
]


def known(seller: World, instant: datetime = AS_OF) -> list[str]:
    """Orders the vendor shows at an instant: the newest two minutes are withheld."""
    edge = instant - timedelta(minutes=2)
    return sorted(
        order.order_id
        for order in seller.orders
        if order.platform == "amazon"
        and order.placed_at <= edge
        and order.updated_at(instant) <= edge
    )


def test_everything_arrives_once(loaded: Loader, seller: World) -> None:
    loader = loaded
    assert loader.tables() == TABLES
    found = sorted(row[0] for row in loader.rows("select order_id from raw_amazon.orders"))
    assert found == known(seller)
    per_day = loader.rows(
        "select count(*), count(distinct captured_at), count(distinct marketplace_id)"
        " from raw_amazon.account_health"
    )
    # the daily schedule began with the seller's first day and reaches to this morning
    assert per_day == [(3 * 71, 71, 3)]
    assert loader.rows("select distinct _tenant_id, ingested_at from raw_amazon.orders") == [
        ("main", AS_OF)
    ]


def test_a_second_run_changes_no_row(loader: Loader, loaded: Loader, amazon_address: str) -> None:
    loader.begin_with(loaded)
    before = loader.content()
    result = loader.loaded(amazon_address)
    assert loader.content() == before
    assert not any(result.rows.values())
    loader.loaded(amazon_address, AS_OF + timedelta(hours=1))  # read again later, nothing new
    assert loader.content() == before


@pytest.mark.tables("orders")
def test_a_later_run_updates_orders_and_keeps_their_first_sight(
    loader: Loader, loaded: Loader, seller: World
) -> None:
    loader.begin_with(loaded)
    early = dict(loader.rows("select order_id, row_hash from raw_amazon.orders"))
    later = AS_OF + timedelta(days=4)
    with running_simulator(at(later), vendors=("amazon",), world=seller) as urls:
        loader.loaded(urls.amazon, later)
    late = dict(loader.rows("select order_id, row_hash from raw_amazon.orders"))
    assert sorted(late) == known(seller, later)
    changed = {order for order in early if early[order] != late[order]}
    assert changed and len(late) > len(early)
    stamps = loader.rows("select order_id, ingested_at from raw_amazon.orders")
    assert all((stamp == AS_OF) == (order in early) for order, stamp in stamps)


@pytest.mark.tables("account_health")
def test_account_health_keeps_history_because_the_vendor_keeps_none(
    loader: Loader, loaded: Loader, seller: World
) -> None:
    loader.begin_with(loaded)
    (first,) = loader.rows("select count(*) from raw_amazon.account_health")
    later = AS_OF + timedelta(days=2)
    with running_simulator(at(later), vendors=("amazon",), world=seller) as urls:
        loader.loaded(urls.amazon, later)
    (second,) = loader.rows("select count(*) from raw_amazon.account_health")
    assert second[0] == first[0] + 2 * 3


@pytest.mark.tables("account_health")
def test_without_a_schedule_a_report_is_asked_for(loader: Loader, seller: World) -> None:
    def hide_schedule(path: str, body: object) -> object:
        return {"reports": []} if path.endswith("/reports") and "reports" in str(body) else body

    app = altered(amazon_app(seller, OPTIONS), hide_schedule)
    with served(app) as address:
        loader.loaded(address)
        assert loader.rows("select count(*) from raw_amazon.account_health") == [(3,)]
        before = loader.content()
        # the snapshot of this morning is younger than the interval; then an equal one adds no row
        loader.loaded(address, AS_OF + timedelta(hours=2))
        loader.loaded(address, AS_OF + timedelta(hours=30))
    assert loader.content()["account_health"] == before["account_health"]


@pytest.mark.tables("seller_feedback")
def test_feedback_that_the_platform_removed_is_marked(loader: Loader, seller: World) -> None:
    removals = sorted(
        order.feedback.removed_at
        for order in seller.orders
        if order.platform == "amazon"
        and order.feedback is not None
        and order.feedback.removed_at is not None
        and order.feedback.left_at > AS_OF - timedelta(days=60)
        and order.feedback.removed_at > AS_OF
        and order.feedback.left_at < AS_OF
    )
    assert removals, "the seed has no feedback that is removed after the first load"
    later = (removals[0] + timedelta(hours=1)).replace(microsecond=0)
    for instant in (AS_OF, later):
        with running_simulator(at(instant), vendors=("amazon",), world=seller) as urls:
            loader.loaded(urls.amazon, instant)
    removed = loader.rows(
        "select order_id, removed_at from raw_amazon.seller_feedback where removed_at is not null"
    )
    assert removed and {stamp for _, stamp in removed} == {later}


@pytest.mark.tables("seller_feedback")
def test_no_data_is_not_a_failure(loader: Loader, amazon_address: str) -> None:
    """CANCELLED says "no data" or "cancelled"; nothing may be concluded from it."""
    loader.configure(START_DATE=(AS_OF - timedelta(minutes=1)).isoformat())
    loader.loaded(amazon_address)
    assert loader.rows("select count(*) from raw_amazon.seller_feedback") == [(0,)]


def test_no_personal_data_reach_the_warehouse(loaded: Loader, seller: World) -> None:
    content = loaded.content()
    values = {
        json.dumps(value, default=str) for rows in content.values() for row in rows for value in row
    }
    text = "\n".join([*content, *values])
    amazon = [order for order in seller.orders if order.platform == "amazon"]
    forbidden = {"Synthetic", "invalid", "@", "Rater", "Comments"}
    forbidden |= {order.buyer_id for order in amazon}
    forbidden |= {order.tracking_number for order in amazon if order.tracking_number}
    # a search for each of thousands takes seconds: first those of which the beginning stands somewhere
    begins = {text[start : start + 5] for start in range(len(text))}
    assert not [
        word for word in forbidden if (word[:5] in begins or len(word) < 5) and word in text
    ]


@pytest.mark.tables("orders")
@pytest.mark.parametrize("vendor_call", ["searchOrders"])
def test_buyer_data_sets_are_never_asked_for(
    loader: Loader, seller: World, vendor_call: str
) -> None:
    asked: list[str] = []
    inner = amazon_app(seller, OPTIONS)

    async def listening(scope, receive, send):  # type: ignore[no-untyped-def]
        asked.append(scope.get("query_string", b"").decode())
        await inner(scope, receive, send)

    with served(listening) as address:
        loader.loaded(address)
    assert any("PACKAGES" in query for query in asked), vendor_call
    assert not any("BUYER" in query or "RECIPIENT" in query for query in asked)
