"""Tenants of tickets and their changes, of whose customers no word is delivered: a service desk's log.

``logbook`` is such a log; every number of its resolutions is counted by hand beside the test. ``talking`` is its
twin with one message: there a ticket without any has no contact, as ever.
"""

from __future__ import annotations

from datetime import datetime

from tests.landing_builder import Desk, at, hours

MONDAY = at("2026-03-09 09:00")
DAY = 86_400
FIRST_DAY = at("2026-09-21 09:00")
GOOD_DAYS, BAD_DAYS = 40, 60
"""The running day is the sixtieth after the first."""


def logbook() -> Desk:
    """Fourteen tickets, twelve of the customer, 24 hours to solve each; nobody's message is known."""
    desk = Desk("logbook", default_policies=False)
    desk.team("u", "office")
    desk.policy("in", "internal", {"resolution": DAY})
    _solved(desk, "met", MONDAY, holder="a", solver="b", after=23)
    _solved(desk, "edge", MONDAY, holder="a", solver="a", after=24)
    _solved(desk, "late", MONDAY, holder="b", solver="c", after=48)
    _solved(desk, "rule", MONDAY, holder="a", solver=None, after=6)
    _reopened(desk, "again", "customer", "buyer-again")
    _reopened(desk, "undone", "automation", "rule")
    _reopened(desk, "nameless", "unknown", None)
    desk.ticket(MONDAY, "outbound", origin="outbound", assignee="a")
    desk.status("outbound", MONDAY + hours(1), "solved", "a")
    desk.ticket(MONDAY, "waiting", assignee=None)
    desk.assign("waiting", MONDAY + hours(2), "c")
    desk.ticket(MONDAY, "at_once", assignee=None)
    desk.assign("at_once", MONDAY, "a")
    desk.status("at_once", MONDAY, "solved", "a")
    desk.ticket(MONDAY, "born_held", assignee="b")
    desk.status("born_held", MONDAY, "solved", "b")
    desk.ticket(MONDAY, "terse", assignee="c", status=None)
    desk.status("terse", MONDAY + hours(3), "solved", "c")
    desk.ticket(MONDAY, "first_half", assignee="a")
    desk.ticket(MONDAY + hours(3), "second_half", origin="outbound", assignee="a")
    desk.merge("first_half", "second_half", MONDAY + hours(4))
    desk.status("second_half", MONDAY + hours(10), "solved", "a")
    return desk


def behind() -> Desk:
    """Two tickets a day solved within the hour for forty days, then four a day: two solved late, two left to wait."""
    desk = Desk("behind", default_policies=False)
    desk.policy("in", "internal", {"resolution": DAY})
    for number in range(GOOD_DAYS):
        for part in range(2):
            _solved(desk, f"good{number}-{part}", _day(number), holder="a", solver="a", after=1)
    for number in range(GOOD_DAYS, BAD_DAYS):
        for part in range(2):
            _solved(desk, f"late{number}-{part}", _day(number), holder="b", solver="b", after=30)
            desk.ticket(_day(number), f"left{number}-{part}", assignee="b")
    return desk


def _day(number: int) -> datetime:
    return FIRST_DAY + hours(24 * number)


def talking() -> Desk:
    """The customer of one ticket is heard: the other, solved without a word, has no contact to be resolved from."""
    desk = Desk("talking", default_policies=False)
    desk.policy("in", "internal", {"resolution": DAY})
    _solved(desk, "heard", MONDAY, holder="a", solver="a", after=5)
    desk.customer("heard", MONDAY + hours(1))
    _solved(desk, "unheard", MONDAY, holder="a", solver="a", after=5)
    return desk


def _solved(
    desk: Desk, name: str, created: datetime, holder: str, solver: str | None, after: float
) -> None:
    """A ticket held after half an hour and solved ``after`` hours, by a rule without ``solver``."""
    desk.ticket(created, name, assignee=None)
    desk.assign(name, created + hours(0.5), holder)
    role = "agent" if solver else "automation"
    desk.status(name, created + hours(after), "solved", solver or "rule", role=role)


def _reopened(desk: Desk, name: str, role: str, actor: str | None) -> None:
    """Solved by a after two hours, open again 24 hours later, solved by c after four more."""
    _solved(desk, name, MONDAY, holder="a", solver="a", after=2)
    desk.status(name, MONDAY + hours(26), "open", actor, role=role)
    desk.status(name, MONDAY + hours(30), "solved", "c")


def silent_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [logbook(), behind(), talking()]
