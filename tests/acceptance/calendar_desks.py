"""Tenants about which calendar counts: of teams without one, and of tickets without a team."""

from __future__ import annotations

from tests.landing_builder import Desk, at, hours

ROME = "Europe/Rome"
MONDAY = at("2026-03-09 05:00")
SWITCH = at("2026-03-28 20:00", ROME)
"""An evening before clocks go forward in the night."""
WORKDAY = 8 * 3600


def no_calendars() -> Desk:
    """No sheet describes a calendar; the promise is eight business hours, kept and broken at night."""
    desk = Desk("no_calendars", ROME, default_policies=False)
    desk.without_calendars()
    _promised(desk)
    return desk


def sheet_24_7() -> Desk:
    """The same with a calendar that says around the clock."""
    desk = Desk("sheet_24_7", ROME, default_policies=False)
    desk.without_calendars()
    desk.calendar("open", ROME, {day: [("00:00", "24:00")] for day in range(1, 8)})
    for row in desk.rows["teams"]:
        row["calendar_id"] = "open"
    _promised(desk)
    return desk


def _promised(desk: Desk) -> None:
    """A ticket that waits eleven hours for its team over a switch, one that never has a team, one in business days."""
    targets = {"first_reply": WORKDAY, "next_reply": WORKDAY, "resolution": 3 * WORKDAY}
    desk.policy("in", "internal", targets, clock="business")
    for name, team, reply, solved in (
        ("late", None, 12, 20),
        ("kept", "t", 7, 9),
        ("nobodys", None, 8, 30),
    ):
        desk.ticket(SWITCH, name, team=team, assignee=None)
        desk.customer(name, SWITCH)
        if name == "late":
            desk.move(name, SWITCH + hours(11), "t")
        desk.assign(name, SWITCH + hours(reply - 0.5), "a")
        desk.reply(name, SWITCH + hours(reply), "a")
        desk.status(name, SWITCH + hours(reply), "on_hold", "a")
        desk.status(name, SWITCH + hours(solved), "solved", "a")


def two_shifts() -> Desk:
    """Teams at work 06–12 and 09–18: without a team a ticket waits while either is, and a third works always."""
    desk = Desk("two_shifts", default_policies=False)
    desk.calendar("early", "UTC", {day: [("06:00", "12:00")] for day in range(1, 6)})
    desk.team("u", "early")
    desk.policy("in", "internal", {"first_reply": WORKDAY}, clock="business")
    desk.ticket(MONDAY, "k", team=None)
    desk.customer("k", MONDAY)
    desk.move("k", MONDAY + hours(15), "t")
    desk.reply("k", MONDAY + hours(29))
    return desk


def calendar_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [no_calendars(), sheet_24_7(), two_shifts()]
