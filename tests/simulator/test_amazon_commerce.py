"""The simulated orders: reproducible, unique, and with consequences that hang together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ingestion.simulator.amazon.health import HealthBook
from ingestion.simulator.amazon.health_report import health_report
from ingestion.simulator.world.commerce import build_orders
from ingestion.simulator.world.commerce_accounts import black_friday, is_carrier_trouble
from ingestion.simulator.world.commerce_landing import webshop_order_rows
from ingestion.simulator.world.commerce_model import Order
from ingestion.simulator.world.options import SimulatorOptions

OPTIONS = SimulatorOptions(seed=3, start=date(2025, 10, 1), days=120, tickets_per_day=40)


@pytest.fixture(scope="module")
def orders() -> list[Order]:
    return build_orders(OPTIONS)


def test_the_same_options_give_the_same_orders(orders: list[Order]) -> None:
    assert build_orders(OPTIONS) == orders
    assert build_orders(replace(OPTIONS, seed=4)) != orders


def test_a_longer_world_begins_with_the_same_orders(orders: list[Order]) -> None:
    shorter = build_orders(replace(OPTIONS, days=60))
    by_id = {order.order_id: order for order in orders}
    assert shorter and all(by_id[order.order_id] == order for order in shorter)


def test_order_numbers_are_unique_and_formed_like_the_platforms(orders: list[Order]) -> None:
    assert len({order.order_id for order in orders}) == len(orders)
    parts = {
        platform: {
            tuple(len(part) for part in order.order_id.split("-"))
            for order in orders
            if order.platform == platform
        }
        for platform in ("amazon", "ebay")
    }
    assert parts == {"amazon": {(3, 7, 7)}, "ebay": {(2, 5, 5)}}


def test_instants_follow_each_other(orders: list[Order]) -> None:
    for order in orders:
        steps = [order.placed_at, order.ship_confirmed_at, order.delivered_at]
        known = [step for step in steps if step is not None]
        assert known == sorted(known)
        assert not (order.cancelled_at and order.ship_confirmed_at)
        assert all(problem.noticed_at >= order.placed_at for problem in order.problems)


def test_black_friday_is_the_peak(orders: list[Order]) -> None:
    friday = black_friday(2025)
    assert friday == date(2025, 11, 28)
    per_day = Counter(order.placed_at.date() for order in orders)
    ordinary = per_day[friday - timedelta(days=21)]
    assert per_day[friday] > 2 * ordinary


def test_the_carrier_s_bad_weeks_show_on_one_account_only(orders: list[Order]) -> None:
    def late_share(account: str, is_bad: bool) -> float:
        chosen = [
            order
            for order in orders
            if order.account_id == account
            and order.fulfilment == "mfn"
            and order.ship_confirmed_at is not None
            and is_carrier_trouble("amazon.de", order.placed_at.date(), OPTIONS.start) == is_bad
        ]
        return sum(order.is_late_shipment for order in chosen) / len(chosen)

    assert late_share("amazon.de", True) > 2 * late_share("amazon.de", False)
    assert late_share("amazon.it", True) < 2.5 * late_share("amazon.it", False)


def test_trouble_makes_bad_feedback_likelier(orders: list[Order]) -> None:
    def bad_share(in_trouble: bool) -> float:
        chosen = [
            order
            for order in orders
            if any(one.kind in ("not_received", "late_delivery") for one in order.problems)
            == in_trouble
        ]
        bad = [one for one in chosen if one.feedback is not None and one.feedback.stars <= 2]
        return len(bad) / len(chosen)

    assert bad_share(True) > 5 * bad_share(False)


def test_a_claim_filed_later_changes_a_window_already_past(orders: list[Order]) -> None:
    """Order correlation: the same order dates, judged a month apart."""
    amazon = [order for order in orders if order.account_id == "amazon.it"]
    book = HealthBook(amazon)

    def defects(at: datetime) -> int:
        placed = {
            order.order_id: order
            for order in amazon
            if datetime(2025, 11, 1, tzinfo=UTC)
            <= order.placed_at
            < datetime(2025, 12, 1, tzinfo=UTC)
        }
        chosen = [order.order_id in placed for order in amazon]
        bad = book.negative(at) | book.claimed(at) | book.charged_back(at)
        return int(sum(a and b for a, b in zip(chosen, bad, strict=True)))

    assert defects(datetime(2025, 12, 1, tzinfo=UTC)) < defects(datetime(2026, 1, 5, tzinfo=UTC))


def test_the_report_s_counts_are_those_of_a_plain_count(orders: list[Order]) -> None:
    at = datetime(2026, 1, 10, 3, tzinfo=UTC)
    german = [order for order in orders if order.account_id == "amazon.de"]
    entry = health_report({"A1PA6795UKMFR9": HealthBook(german)}, at, frozenset())
    odr = entry["performanceMetrics"][0]["orderDefectRate"]["mfn"]
    first = datetime.fromisoformat(odr["reportingDateRange"]["reportingDateFrom"])
    last = datetime.fromisoformat(odr["reportingDateRange"]["reportingDateTo"])
    assert (last - first).days == 59 and at - last > timedelta(days=14)
    window = [
        order
        for order in german
        if order.fulfilment == "mfn" and first <= order.placed_at < last + timedelta(minutes=1)
    ]

    def is_defective(order: Order) -> bool:
        feedback, claim, dispute = order.feedback, order.claim, order.chargeback
        bad = feedback is not None and feedback.stars <= 2 and feedback.left_at <= at
        if bad and feedback is not None and feedback.removed_at is not None:
            bad = feedback.removed_at > at
        claimed = claim is not None and claim.opened_at <= at
        if claimed and claim is not None and claim.outcome != "granted":
            claimed = claim.closed_at > at
        return bad or claimed or (dispute is not None and dispute.opened_at <= at)

    assert odr["orderCount"] == len(window)
    assert odr["orderWithDefects"]["count"] == sum(map(is_defective, window)) > 0


def test_webshop_rows_hide_what_has_not_happened_yet(orders: list[Order]) -> None:
    at = datetime(2025, 11, 15, 12, tzinfo=UTC)
    rows = list(webshop_order_rows(orders, at))
    assert rows and all(row["source_system"] == "shop" for row in rows)
    for name in ("placed_at", "ship_confirmed_at", "delivered_at", "cancelled_at"):
        stamps = [str(row[name]) for row in rows if row[name] is not None]
        assert max(stamps) <= "2025-11-15T12:00:00Z"
