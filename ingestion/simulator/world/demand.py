"""How many contacts a day brings, when they arrive, and which orders they are about."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from ingestion.simulator.world.calendars import epoch, local_epoch
from ingestion.simulator.world.catalogue import HOURS
from ingestion.simulator.world.commerce_accounts import demand_factor
from ingestion.simulator.world.commerce_model import Order

SHOP_ZONE = ZoneInfo("Europe/Rome")
OUTAGE_STARTS_HOUR = 8
OUTAGE_ENDS_HOUR = 16
_CONTACT_WEEKDAY = (1.10, 1.04, 1.0, 0.98, 0.99, 0.72, 0.62)
CONTACTS_OF_A_WEEKDAY = sum(_CONTACT_WEEKDAY) / 7
"""Contacts of the average day of an ordinary week against an ordinary weekday."""

LEAST_PLANNED, MOST_PLANNED = 0.75, 1.2
"""Whoever has to be there is there on quiet days too; nobody plans for the peak of Black Friday."""

_ECHO = (0.30, 0.22, 0.16, 0.12, 0.10, 0.10)
"""Share of a day's orders that is heard on the same day, the next, and so on."""


@cache
def contact_factor(day: date) -> float:
    """Contacts of ``day`` against an ordinary weekday: they follow the orders of the last six days."""
    trade = sum(share * demand_factor(day - timedelta(days=lag)) for lag, share in enumerate(_ECHO))
    return float(trade * _CONTACT_WEEKDAY[day.weekday()])


def planned_season(day: date) -> float:
    """What part of an ordinary weekday's desk time the roster of ``day`` holds: Advent is planned, a rush is not."""
    return min(MOST_PLANNED, max(LEAST_PLANNED, contact_factor(day)))


def arrival(rng: random.Random, day: date, modality: str) -> int:
    """Epoch seconds of a contact on ``day`` (local day of the shop)."""
    hours = HOURS[modality]
    minute = hours[int(rng.random() * len(hours))] * 60 + int(rng.random() * 60)
    return local_epoch(day, minute, SHOP_ZONE) + int(rng.random() * 60)


def outage_window(start: date, days: int) -> tuple[int, int]:
    """Begin and end of the one outage of the helpdesk: a Tuesday in the middle of the world."""
    day = start + timedelta(days=days * 2 // 5)
    day += timedelta(days=(1 - day.weekday()) % 7)
    zone = ZoneInfo("UTC")
    return local_epoch(day, OUTAGE_STARTS_HOUR * 60, zone), local_epoch(
        day, OUTAGE_ENDS_HOUR * 60, zone
    )


class OrderBook:
    """Orders by account and time, and the problems that make buyers write, by day."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self._orders: dict[str, list[Order]] = defaultdict(list)
        self._placed: dict[str, list[int]] = defaultdict(list)
        self.problems: dict[date, list[tuple[int, Order, str]]] = defaultdict(list)
        for order in orders:
            self._orders[order.account_id].append(order)
            self._placed[order.account_id].append(epoch(order.placed_at))
            for problem in order.problems:
                noticed = epoch(problem.noticed_at)
                self.problems[problem.noticed_at.date()].append((noticed, order, problem.kind))
        for found in self.problems.values():
            found.sort(key=lambda entry: (entry[0], entry[1].order_id, entry[2]))

    def recent(self, rng: random.Random, account_id: str, instant: int) -> Order | None:
        """An order of the account placed in the days before ``instant``; None when there is none."""
        placed = self._placed.get(account_id)
        if not placed:
            return None
        index = bisect_right(placed, instant - int(rng.expovariate(1 / 700_000))) - 1
        return self._orders[account_id][index] if index >= 0 else None
