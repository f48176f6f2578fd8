"""What buyers do about an order: problems they notice, feedback, claims, chargebacks, inquiries, returns and cases.

Chances follow from what happened to the order, so that late parcels and missing tracking lead to contacts, claims and
bad feedback, and account health hangs together with the tickets.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from ingestion.simulator.world.commerce_model import Case, Claim, Feedback, Order, Problem

_DAY = timedelta(days=1)


def add_aftermath(rng: random.Random, order: Order) -> None:
    """Add to ``order`` everything that follows from its shipment."""
    damaged = order.delivered_at is not None and rng.random() < 0.016
    pain = _problems(rng, order, damaged)
    if order.cancelled_by in ("buyer", "platform"):
        return
    _feedback(rng, order, pain)
    if order.platform == "amazon":
        _amazon_claims(rng, order, damaged)
    elif order.platform == "ebay":
        _ebay_requests(rng, order, damaged)


def _lateness(order: Order) -> timedelta | None:
    """How long after the promise the parcel came; None when it never did."""
    if order.delivered_at is None:
        return None
    return order.delivered_at - order.promised_delivery_by


def _problems(rng: random.Random, order: Order, damaged: bool) -> float:
    """Fill ``order.problems``; returns the buyer's pain, 0 (fine) to 1 (furious)."""
    found: list[Problem] = []
    pain = 0.0
    if order.cancelled_at is not None:
        if order.cancelled_by == "seller":
            found.append(Problem("cancelled_by_seller", order.cancelled_at + timedelta(minutes=20)))
            pain = 0.5
        order.problems = found
        return pain
    if order.is_late_shipment:
        found.append(Problem("late_shipment", order.expected_ship_by + timedelta(hours=3)))
        pain += 0.15
    if order.tracking_number is None and order.ship_confirmed_at is not None:
        found.append(Problem("no_tracking", order.ship_confirmed_at + _DAY))
        pain += 0.15
    lateness = _lateness(order)
    if lateness is None:
        found.append(Problem("not_received", order.promised_delivery_by + 2 * _DAY))
        pain += 0.7
    elif lateness > timedelta():
        found.append(Problem("late_delivery", order.promised_delivery_by + timedelta(hours=8)))
        pain += min(0.45, 0.15 + 0.08 * lateness.days)
    if damaged and order.delivered_at is not None:
        found.append(
            Problem("not_as_described", order.delivered_at + timedelta(hours=2 + 40 * rng.random()))
        )
        pain += 0.6
    if order.needs_invoice and order.invoice_at is None and order.ship_confirmed_at is not None:
        found.append(Problem("invoice_missing", order.ship_confirmed_at + 3 * _DAY))
        pain += 0.1
    if order.delivered_at is not None and not damaged and rng.random() < 0.03:
        found.append(Problem("return_request", order.delivered_at + _DAY * (1 + 9 * rng.random())))
    order.problems = found
    return min(pain, 1.0)


def _feedback(rng: random.Random, order: Order, pain: float) -> None:
    if rng.random() >= 0.05 + 0.12 * pain:
        return
    if rng.random() < 0.9 * pain + 0.006:
        stars = 1 if rng.random() < 0.65 else 2
    else:
        stars = 5 if rng.random() < 0.8 else 4 if rng.random() < 0.7 else 3
    settled = order.delivered_at or order.cancelled_at or order.promised_delivery_by + 4 * _DAY
    left = settled + _DAY * (0.3 + 14 * rng.random() ** 2)
    removed = left + _DAY * (2 + 12 * rng.random()) if stars <= 2 and rng.random() < 0.12 else None
    order.feedback = Feedback(stars, left, removed)
    if stars <= 2:
        order.problems.append(Problem("negative_experience", left + timedelta(minutes=5)))


def _claim(rng: random.Random, claim_id: str, opened: datetime, granted: float) -> Claim:
    responded = None if rng.random() < 0.12 else opened + timedelta(hours=2 + 60 * rng.random())
    closed = opened + _DAY * (4 + 9 * rng.random())
    draw = rng.random()
    # A claim nobody answered is always granted.
    outcome = (
        "granted"
        if responded is None or draw < granted
        else "withdrawn"
        if draw > 0.92
        else "denied"
    )
    return Claim(claim_id, opened, opened + 3 * _DAY, responded, closed, outcome)


def _amazon_claims(rng: random.Random, order: Order, damaged: bool) -> None:
    lateness = _lateness(order)
    if order.cancelled_at is not None:
        chance = 0.0
    elif lateness is None:
        chance = 0.30
    else:
        chance = (0.06 if damaged else 0.0) + (0.03 if lateness > 4 * _DAY else 0.0002)
    # The platform answers for parcels of its own warehouse: those claims rarely reach the seller.
    if order.fulfilment == "afn":
        chance *= 0.15
    if rng.random() < chance:
        opened = order.promised_delivery_by + _DAY * (3 + 12 * rng.random())
        order.claim = _claim(rng, f"AZ-{order.order_id}", opened, 0.62)
    if rng.random() < (0.02 if lateness is None and order.cancelled_at is None else 0.0004):
        opened = order.promised_delivery_by + _DAY * (10 + 25 * rng.random())
        order.chargeback = _claim(rng, f"CB-{order.order_id}", opened, 0.5)


def _add_business_days(moment: datetime, days: int) -> datetime:
    while days:
        moment += _DAY
        if moment.weekday() < 5:
            days -= 1
    return moment


def _request(rng: random.Random, order: Order, kind: str, number: str, opened: datetime) -> Case:
    """A request with the platform's three business days; about one in twelve is not answered in time."""
    respond_by = _add_business_days(opened, 3).replace(microsecond=0)
    draw = rng.random()
    responded = None
    if draw < 0.92:
        responded = opened + (respond_by - opened) * (0.03 + 0.9 * rng.random())
    elif draw < 0.96:
        responded = respond_by + timedelta(hours=3 + 40 * rng.random())
    request = Case(number, kind, opened, respond_by, responded, None, "seller_resolved")
    escalates = responded is None or responded > respond_by or rng.random() < 0.07
    if not escalates:
        request.closed_at = (responded or respond_by) + _DAY * (1 + 6 * rng.random())
        request.outcome = "withdrawn" if rng.random() < 0.08 else "seller_resolved"
        return request
    request.closed_at = respond_by + timedelta(hours=20 + 30 * rng.random())
    request.outcome = "escalated"
    case_opened = request.closed_at
    answered = None if rng.random() < 0.15 else case_opened + timedelta(hours=3 + 50 * rng.random())
    lost = answered is None or rng.random() < 0.30
    request.escalated = Case(
        f"5{number}",
        "case",
        case_opened,
        _add_business_days(case_opened, 3),
        answered,
        case_opened + _DAY * (3 + 5 * rng.random()),
        "buyer_favour" if lost else "seller_resolved" if rng.random() < 0.7 else "seller_favour",
    )
    return request


def _ebay_requests(rng: random.Random, order: Order, damaged: bool) -> None:
    digits = "".join(filter(str.isdigit, order.order_id))
    lateness = _lateness(order)
    if order.cancelled_at is None:
        late = 0.16 if lateness is not None and lateness > 2 * _DAY else 0.001
        if rng.random() < (0.6 if lateness is None else late):
            opened = order.promised_delivery_by + _DAY * (1 + 5 * rng.random())
            order.inquiry = _request(rng, order, "inr", f"5{digits}", opened)
        returned = next((p for p in order.problems if p.kind == "return_request"), None)
        if order.delivered_at is not None and damaged and rng.random() < 0.55:
            opened = order.delivered_at + _DAY * (0.5 + 5 * rng.random())
            order.return_request = _request(rng, order, "snad", f"6{digits}", opened)
        elif returned is not None:
            order.return_request = _request(rng, order, "return", f"6{digits}", returned.noticed_at)
    if rng.random() < (0.02 if lateness is None and order.cancelled_at is None else 0.0005):
        opened = order.promised_delivery_by + _DAY * (10 + 20 * rng.random())
        order.chargeback = _claim(rng, f"52{digits}", opened, 0.5)
