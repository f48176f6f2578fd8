"""Tenants of the fixtures on marketplace health, issues and data quality."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.acceptance.desks import MONDAY
from tests.landing_builder import Desk, at, hours, minutes

POLL_S = 900


def f27() -> Desk:
    """18 defect orders of 2 350 and of 2 300 at a strict limit of 1 %; a third account just met 90 % on time."""
    desk = Desk("f27")
    desk.ticket(at("2026-10-05 08:00"), "k", order_id="o1", marketplace_account_id="amazon.it")
    desk.customer("k", at("2026-10-05 08:00"))
    desk.reply("k", at("2026-10-05 09:00"))
    for account in ("amazon.it", "amazon.de", "amazon.com", "amazon.fr"):
        desk.add(
            "marketplace_accounts",
            marketplace_account_id=account,
            platform="amazon",
            site=account,
            country="IT",
            account_tz="UTC",
        )
    figures = {
        "amazon.it": ("amz_odr", 18, 2350, "0.0077", "0.01", "less_than", 60),
        "amazon.de": ("amz_odr", 18, 2300, "0.0078", "0.01", "less_than", 60),
        "amazon.com": ("amz_otdr", 90, 100, "0.9000", "0.90", "greater_or_equal", 14),
    }
    figures["amazon.fr"] = ("amz_odr", 1078, 539000, "0.0020", "0.01", "less_than", 60)
    last = date(2026, 10, 31)
    for account, (metric, top, bottom, rate, limit, condition, days) in figures.items():
        desk.add(
            "account_health_snapshots",
            snapshot_id=f"{account}-{metric}",
            marketplace_account_id=account,
            metric=metric,
            evaluation="current",
            fulfilment="mfn",
            window_from=(last - timedelta(days=days - 1)).isoformat(),
            window_to=last.isoformat(),
            numerator=top,
            denominator=bottom,
            rate=rate,
            target_value=limit,
            target_condition=condition,
            published_status="good",
            captured_at=at("2026-10-31 12:00"),
        )
    return desk


def f34() -> Desk:
    """A source polled every 15 minutes: one handover seen 10 minutes before the due time, one 20 minutes before."""
    desk = Desk("f34")
    inferred = {"event_source": "snapshot_diff", "time_precision_s": POLL_S}
    for name, before in (("inside", minutes(10)), ("outside", minutes(20))):
        due = MONDAY + hours(24)
        desk.ticket(MONDAY, name)
        desk.customer(name, MONDAY)
        desk.assign(name, MONDAY + hours(1), "a", **inferred)
        desk.assign(name, due - before, "b", **inferred)
        desk.reply(name, due + hours(1), "b")
    return desk


def issues() -> Desk:
    """Issues of 1, 1, 1, 2 and 5 contacts, the last over two tickets about one order, six days apart."""
    desk = Desk("issues")
    desk.add("tags", tag_id="late", name="Late parcel", kind="reason", valid_from="2020-01-01")
    for name in ("one", "two", "three"):
        _solved(desk, name, MONDAY, 1)
    _solved(desk, "twice", MONDAY, 2)
    shared = {"order_id": "o5", "customer_ref": "buyer-five", "reason": "late"}
    _solved(desk, "five", MONDAY, 3, **shared)
    _solved(desk, "five_again", MONDAY + hours(6 * 24), 2, **shared)
    return desk


def _solved(desk: Desk, name: str, start: datetime, contacts: int, **columns: str) -> None:
    desk.ticket(start, name, **columns)
    for number in range(contacts):
        asked = start + hours(2 * number)
        desk.customer(name, asked)
        desk.reply(name, asked + hours(1))
    desk.status(name, start + hours(2 * contacts), "solved", "a")


def health_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [f27(), f34(), issues()]
