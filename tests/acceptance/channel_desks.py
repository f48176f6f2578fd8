"""Tenants whose tickets name no team: with the sheet of who works a channel, without it, with teams of the same hours.

A ticket is made at nine and solved at three in the afternoon. Team ``t`` works from nine to six, ``u`` from two to ten.
"""

from __future__ import annotations

from tests.landing_builder import Desk, at, hours

MONDAY = at("2026-03-09 09:00")
WEEKDAYS = range(1, 6)


def channel_desks() -> list[Desk]:
    """All tenants of this file."""
    told, untold, alike = (_desk(name) for name in ("team_told", "team_untold", "teams_alike"))
    for desk, calendar in ((told, "late"), (untold, "late"), (alike, "office")):
        desk.calendar("late", "UTC", {day: [("14:00", "22:00")] for day in WEEKDAYS})
        desk.team("u", calendar)
    told.add("channel_teams", channel_id="mail", team_id="t", valid_from=at("2015-01-01 00:00"))
    # of two lines that are valid the one that began later
    told.add("channel_teams", channel_id="mail", team_id="u", valid_from=at("2026-01-01 00:00"))
    return [told, untold, alike]


def _desk(tenant: str) -> Desk:
    desk = Desk(tenant)
    ticket = desk.ticket(MONDAY, "k", team=None, assignee=None)
    desk.customer(ticket, MONDAY)
    desk.reply(ticket, MONDAY + hours(5.5), "a")
    desk.status(ticket, MONDAY + hours(6), "solved", "a")
    return desk
