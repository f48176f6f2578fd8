"""A tenant that is quiet from Friday to Monday: how long silence is none."""

from __future__ import annotations

from tests.landing_builder import Desk, at, hours

LAST_REPLY = at("2026-10-08 09:00")


def quiet() -> Desk:
    """Four weeks of a contact each working day, until the 8th of October."""
    desk = Desk("quiet")
    for week in range(4):
        for day in range(5):
            begin = at("2026-09-14 08:00") + hours(24 * (7 * week + day))
            if begin < LAST_REPLY:
                ticket = desk.ticket(begin)
                desk.customer(ticket, begin)
                desk.reply(ticket, begin + hours(1))
    return desk


def quiet_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [quiet()]
