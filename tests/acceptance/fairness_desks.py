"""Tenants of the fixtures on judging persons fairly."""

from __future__ import annotations

from tests.landing_builder import Desk, at, minutes

MORNING = at("2026-03-02 09:00")
TURNS_OF_A_TICKET = 20


def f23() -> Desk:
    """A: easy work, B: hard work; C brings the pools to 95 % (Amazon), 92 % (eBay), 70 % (social)."""
    desk = Desk("f23")
    desk.channel("auction", "ebay", "marketplace_message")
    desk.channel("page", "facebook", "social_private")
    for channel, agent, met, breached in (
        ("mail", "a", 171, 9),
        ("page", "a", 15, 5),
        ("mail", "b", 20, 0),
        ("page", "b", 135, 45),
        ("mail", "c", 1538, 82),
        ("page", "c", 270, 130),
        ("auction", "c", 92, 8),
    ):
        for number in range(breached):
            _turns(desk, f"{channel}-{agent}-late{number}", channel, agent, 1, 25 * 60)
        for number, first in enumerate(range(0, met, TURNS_OF_A_TICKET)):
            turns = min(TURNS_OF_A_TICKET, met - first)
            _turns(desk, f"{channel}-{agent}-met{number}", channel, agent, turns, 1)
    return desk


def _turns(
    desk: Desk, ticket: str, channel: str, agent: str, turns: int, answered_after: int
) -> None:
    """A ticket with turns inside the opening hours, each answered by its holder after so many minutes."""
    desk.ticket(MORNING, ticket, channel=channel, assignee=agent)
    for number in range(turns):
        began = MORNING + minutes(3 * number)
        desk.customer(ticket, began)
        desk.reply(ticket, began + minutes(answered_after), agent)


def fairness_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [f23()]
