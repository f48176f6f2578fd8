"""The seller's selling accounts, their habits and the seasons of trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

ORDERS_PER_TICKET = 3.0
"""Orders a day for one ticket a day; fixes how many contacts 100 orders cause."""

TROUBLE_ACCOUNT = "amazon.de"
TROUBLE_EVERY_DAYS = 180
TROUBLE_FIRST_DAY = 30
TROUBLE_LENGTH_DAYS = 21

CATEGORIES = ("kitchen", "garden", "toys", "electronics", "sports", "pets")


@dataclass(frozen=True)
class Account:
    """One selling account; ``share`` of all orders, ``afn_share`` of them shipped by the platform.

    ``late_rate``, ``no_tracking_rate`` and ``seller_cancel_rate`` are chances per seller-fulfilled order on a normal
    day; ``vendor_id`` is the platform's own id of the site.
    """

    account_id: str
    platform: str
    vendor_id: str
    country: str
    currency: str
    zone: str
    share: float
    afn_share: float
    late_rate: float
    no_tracking_rate: float
    seller_cancel_rate: float
    order_prefix: str

    @property
    def tz(self) -> ZoneInfo:
        """The account's local zone."""
        return ZoneInfo(self.zone)


ACCOUNTS: tuple[Account, ...] = (
    Account(
        "amazon.it",
        "amazon",
        "APJ6JRA9NG5V4",
        "IT",
        "EUR",
        "Europe/Rome",
        0.24,
        0.35,
        0.020,
        0.020,
        0.008,
        "404",
    ),
    Account(
        "amazon.de",
        "amazon",
        "A1PA6795UKMFR9",
        "DE",
        "EUR",
        "Europe/Berlin",
        0.22,
        0.42,
        0.024,
        0.022,
        0.009,
        "303",
    ),
    Account(
        "amazon.co.uk",
        "amazon",
        "A1F83G8C2ARO7P",
        "GB",
        "GBP",
        "Europe/London",
        0.12,
        0.38,
        0.018,
        0.018,
        0.007,
        "205",
    ),
    Account(
        "ebay.de",
        "ebay",
        "EBAY_DE",
        "DE",
        "EUR",
        "Europe/Berlin",
        0.12,
        0.0,
        0.019,
        0.026,
        0.006,
        "11",
    ),
    Account(
        "ebay.it",
        "ebay",
        "EBAY_IT",
        "IT",
        "EUR",
        "Europe/Rome",
        0.08,
        0.0,
        0.028,
        0.030,
        0.011,
        "17",
    ),
    Account(
        "webshop",
        "webshop",
        "webshop",
        "IT",
        "EUR",
        "Europe/Rome",
        0.22,
        0.0,
        0.020,
        0.015,
        0.005,
        "WS",
    ),
)
"""All selling accounts; amazon ids are the real ids of the three European sites."""

BY_ID = {account.account_id: account for account in ACCOUNTS}


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def demand_factor(day: date) -> float:
    """Demand of ``day`` against an ordinary weekday: weekday habit, Black-Friday week, Advent, summer dip."""
    factor = (1.12, 1.06, 1.0, 0.98, 0.96, 0.86, 0.92)[day.weekday()]
    friday = black_friday(day.year)
    if friday - timedelta(days=4) <= day <= friday + timedelta(days=3):
        return factor * (5.6 if day >= friday else 2.5)
    if day.month == 12 and day.day <= 20:
        return factor * 1.45
    if day.month == 8:
        return factor * 0.8
    return factor


def is_peak(day: date) -> bool:
    """Whether the warehouse is under Black-Friday or Advent pressure on ``day``."""
    return demand_factor(day) > 1.3


def is_carrier_trouble(account_id: str, day: date, start: date) -> bool:
    """Whether the carrier of ``account_id`` fails on ``day``.

    Three weeks out of every 180 days, counted from the start of the world, so that a longer world repeats an
    earlier one and a world of two months already has the trouble.
    """
    if account_id != TROUBLE_ACCOUNT or day < start:
        return False
    return 0 <= ((day - start).days - TROUBLE_FIRST_DAY) % TROUBLE_EVERY_DAYS < TROUBLE_LENGTH_DAYS
