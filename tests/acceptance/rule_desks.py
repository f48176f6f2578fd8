"""Tenants on rules that several numbers share: late responses, transfers, the pace of a backlog."""

from __future__ import annotations

from tests.acceptance.desks import MONDAY
from tests.landing_builder import Desk, at, hours, minutes


def late_twice() -> Desk:
    """Buyer messages at the edges of a local month, and mail about the same account."""
    desk = Desk("late_twice", zone="Europe/Rome")
    desk.channel("post", "amazon", "email")
    account = {"marketplace_account_id": "amazon.it"}
    desk.add(
        "marketplace_accounts",
        platform="amazon",
        site="amazon.it",
        country="IT",
        account_tz="Europe/Rome",
        **account,
    )
    told = {
        # ticket: sent, answered after hours
        "day_before": ("2026-09-23 21:59", 1),
        "first_day": ("2026-09-23 22:00", 1),
        "last_day": ("2026-09-30 12:00", 49),
        "next_day": ("2026-09-30 22:00", 48),
    }
    for ticket, (sent, answered) in told.items():
        desk.ticket(at(sent), ticket, **account)
        desk.customer(ticket, at(sent))
        desk.reply(ticket, at(sent) + hours(answered))
    desk.ticket(at("2026-09-28 08:00"), "by_mail", channel="post", **account)
    desk.customer("by_mail", at("2026-09-28 08:00"))
    return desk


def handed_on() -> Desk:
    """Five solved tickets of Ana: kept, moved with her, moved within a minute, given to Bob, given back first."""
    desk = Desk("handed_on")
    desk.team("second", "office")
    for ticket in ("kept", "moved", "bounced", "given", "queued"):
        desk.ticket(MONDAY, ticket)
        desk.customer(ticket, MONDAY)
        desk.assign(ticket, MONDAY + minutes(1), "a")
        desk.reply(ticket, MONDAY + minutes(5))
        desk.status(ticket, MONDAY + hours(5), "solved", "a")
    desk.move("moved", MONDAY + hours(1), "second")
    desk.move("bounced", MONDAY + minutes(1.5), "second")
    desk.assign("given", MONDAY + hours(1), "b")
    desk.move("given", MONDAY + hours(1) + minutes(0.5), "second")
    desk.assign("queued", MONDAY + hours(1), None)
    desk.move("queued", MONDAY + hours(2), "second")
    return desk


def first_days() -> Desk:
    """A desk that began 30 hours ago: one ticket resolved, six waiting."""
    desk = Desk("first_days")
    begin = at("2026-11-18 18:00")
    for number in range(7):
        desk.ticket(begin, f"k{number}")
        desk.customer(f"k{number}", begin)
    desk.reply("k0", begin + hours(1))
    desk.status("k0", begin + hours(2), "solved", "a")
    return desk


def no_pace() -> Desk:
    """Two tickets have waited since October, when the last one was resolved."""
    desk = Desk("no_pace")
    begin = at("2026-10-05 08:00")
    for ticket in ("done", "one", "two"):
        desk.ticket(begin, ticket)
        desk.customer(ticket, begin)
    desk.reply("done", begin + hours(1))
    desk.status("done", begin + hours(2), "solved", "a")
    return desk


def rule_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [late_twice(), handed_on(), first_days(), no_pace()]
