"""Orders of the simulated seller: a pure function of (seed, start, days, tickets a day).

Every account and day has its own random stream, so a longer world begins with the same orders as a shorter one.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from ingestion.simulator.world.commerce_accounts import (
    ACCOUNTS,
    CATEGORIES,
    ORDERS_PER_TICKET,
    Account,
    demand_factor,
    is_carrier_trouble,
    is_peak,
)
from ingestion.simulator.world.commerce_aftermath import add_aftermath
from ingestion.simulator.world.commerce_model import Order

LEAD_DAYS = 45
"""Orders begin this long before the world's first ticket, so that early tickets have orders to talk about."""

_EPOCH = date(2020, 1, 1)
_MULTIPLIER = 6364136223846793
"""Coprime to any power of ten: spreads running numbers over the id space without collisions."""

_CARRIERS = {"IT": "BRT", "DE": "DHL", "GB": "Royal Mail"}
_HOURS = (7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 21, 21, 22, 23, 0, 6, 20)
"""Local hours at which buyers order; repeated hours are likelier."""


class CommerceOptions(Protocol):
    """The part of the simulator's options that decides the orders."""

    @property
    def seed(self) -> int:
        """Seed of every random stream."""
        ...

    @property
    def start(self) -> date:
        """First day of the world."""
        ...

    @property
    def days(self) -> int:
        """Length of the world in days."""
        ...

    @property
    def tickets_per_day(self) -> float:
        """Mean number of tickets a day; orders scale with it."""
        ...


def build_orders(options: CommerceOptions) -> list[Order]:
    """All orders of the world, oldest first, each with its whole life ahead of it.

    Args:
        options: seed, start, days and tickets_per_day decide everything; nothing else is read.

    Returns:
        One :class:`Order` per order, sorted by ``placed_at`` then ``order_id``. Facts may lie after the end of the
        world: what is known at an instant is for the reader to cut.
    """
    start = _as_date(options.start)
    orders: list[Order] = []
    for index, account in enumerate(ACCOUNTS):
        mean = account.share * ORDERS_PER_TICKET * options.tickets_per_day
        buyers = max(40, int(mean * 150))
        for offset in range(-LEAD_DAYS, options.days):
            day = start + timedelta(days=offset)
            rng = random.Random(f"{options.seed}|orders|{account.account_id}|{day.isoformat()}")
            wanted = mean * demand_factor(day) * rng.uniform(0.85, 1.15)
            count = int(wanted + rng.random())
            trouble = is_carrier_trouble(account.account_id, day, start)
            midnight = datetime.combine(day, time(), account.tz).astimezone(UTC)
            for number in range(count):
                serial = (day - _EPOCH).days * 100_000 + number
                order = _place(rng, account, index, serial, midnight, buyers)
                _ship(rng, order, account, day, trouble)
                add_aftermath(rng, order)
                orders.append(order)
    orders.sort(key=lambda order: (order.placed_at, order.order_id))
    return orders


def _as_date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _order_id(account: Account, serial: int) -> str:
    if account.platform == "amazon":
        digits = f"{serial * _MULTIPLIER % 10**14:014d}"
        return f"{account.order_prefix}-{digits[:7]}-{digits[7:]}"
    if account.platform == "ebay":
        digits = f"{serial * _MULTIPLIER % 10**10:010d}"
        return f"{account.order_prefix}-{digits[:5]}-{digits[5:]}"
    return f"{account.order_prefix}{serial}"


def _buyer_id(account: Account, number: int) -> str:
    if account.platform == "ebay":
        return f"{account.country.lower()}_buyer_{number}"
    return f"{account.country}{account.platform[:1].upper()}{number * 7919 + 104729:X}"


def _place(
    rng: random.Random, account: Account, index: int, serial: int, midnight: datetime, buyers: int
) -> Order:
    """An order as it stands in the minute the buyer pays."""
    placed = midnight + timedelta(
        hours=_HOURS[int(rng.random() * len(_HOURS))], seconds=int(rng.random() * 3600)
    )
    units = 1 if rng.random() < 0.82 else rng.randint(2, 4)
    sku_number = int(120 * rng.random() ** 2)
    fulfilment = "afn" if rng.random() < account.afn_share else "mfn"
    # Self-shipped orders leave within two working days, the platform's own warehouse needs one calendar day.
    working_days = 1 if fulfilment == "afn" else 2
    ship_by_day = placed
    while working_days:
        ship_by_day += timedelta(days=1)
        if fulfilment == "afn" or ship_by_day.weekday() < 5:
            working_days -= 1
    ship_by = ship_by_day.replace(hour=21, minute=59, second=59)
    is_business = rng.random() < 0.12
    return Order(
        order_id=_order_id(account, serial),
        account_id=account.account_id,
        platform=account.platform,
        buyer_id=_buyer_id(account, int(buyers * rng.random())),
        is_business=is_business,
        placed_at=placed,
        fulfilment=fulfilment,
        sku=f"DH-{CATEGORIES[sku_number % len(CATEGORIES)][:3].upper()}-{sku_number:03d}",
        category=CATEGORIES[sku_number % len(CATEGORIES)],
        units=units,
        value_cents=units * (799 + 37 * sku_number + int(rng.random() * 900)),
        currency=account.currency,
        expected_ship_by=ship_by,
        promised_delivery_by=ship_by + timedelta(days=2 if fulfilment == "afn" else 4),
        needs_invoice=is_business,
        carrier=_CARRIERS[account.country],
    )


def _ship(rng: random.Random, order: Order, account: Account, day: date, trouble: bool) -> None:
    """Cancel the order or send it; sets every shipment instant and whether the parcel is lost (no delivery)."""
    if _cancel(rng, order, account):
        return
    pressure = 1.9 if is_peak(day) else 1.0
    if order.fulfilment == "afn":
        shipped = order.placed_at + timedelta(hours=4 + 22 * rng.random())
        late, tracked, lost_rate, slow_rate = False, True, 0.003, 0.03
    else:
        late_rate = account.late_rate * pressure * (3.5 if trouble else 1.0)
        late = rng.random() < late_rate
        tracked = rng.random() >= account.no_tracking_rate * (3.0 if trouble else 1.0)
        lost_rate = 0.004 if tracked else 0.03
        slow_rate = 0.38 if trouble else 0.05 * pressure
        window = order.expected_ship_by - order.placed_at
        if late:
            shipped = order.expected_ship_by + timedelta(hours=2 + 70 * rng.random() ** 2)
        else:
            shipped = order.placed_at + window * (0.15 + 0.8 * rng.random())
    order.ship_confirmed_at = shipped
    if tracked:
        order.tracking_number = f"{account.country}{int(rng.random() * 10**10):010d}"
        order.tracking_uploaded_at = shipped + timedelta(minutes=int(rng.random() * 90))
        order.tracking_valid = rng.random() >= 0.012
    if order.needs_invoice and rng.random() >= 0.02:
        hours = 3 + 18 * rng.random() if rng.random() >= 0.015 else 30 + 60 * rng.random()
        order.invoice_at = shipped + timedelta(hours=hours)
    days = 1 + 2.2 * rng.random() + (3 + 5 * rng.random() if rng.random() < slow_rate else 0)
    if rng.random() >= lost_rate * (3.0 if trouble else 1.0):
        order.delivered_at = shipped + timedelta(days=days)


def _cancel(rng: random.Random, order: Order, account: Account) -> bool:
    draw = rng.random()
    seller = account.seller_cancel_rate if order.fulfilment == "mfn" else 0.0
    if draw >= seller + 0.016:
        return False
    order.cancelled_by = (
        "seller" if draw < seller else "buyer" if draw < seller + 0.015 else "platform"
    )
    order.cancel_reason = {
        "seller": "OUT_OF_STOCK",
        "buyer": "BUYER_REQUESTED",
        "platform": "PAYMENT_FAILED",
    }[order.cancelled_by]
    order.cancelled_at = order.placed_at + timedelta(hours=1 + 20 * rng.random())
    return True
