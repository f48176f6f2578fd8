"""A tenant of whose persons one has every coaching flag, one nearly every, and one is recognised (catalogue §13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.landing_builder import Desk, at, hours, minutes

DAY = at("2026-10-26 09:00")
"""A Monday in the last 28 days."""
TWO_MONTHS = (at("2026-09-01 09:00"), at("2026-10-01 09:00"))
LAST_WEEK = at("2026-11-14 09:00")
TURNS_OF_A_TICKET = 20


@dataclass(frozen=True)
class Manner:
    """How one person works: answers within, seconds on a contact, and of how many tickets something happens."""

    agent: str
    tickets: int
    answered_after: float
    handled_s: int
    with_macro: int
    reopened: int
    retagged: int
    late_on_auction: int
    passed_on: int
    points: int
    errors: int


MANNERS = (
    Manner("a", 40, 5, 200, 4, 18, 16, 20, 4, 70, 3),
    Manner("b", 30, 1.2, 140, 20, 4, 4, 0, 2, 88, 1),
    Manner("c", 90, 1, 100, 60, 3, 2, 0, 0, 95, 0),
)


def coach(tenant: str = "coach") -> Desk:
    """What persons do in the last four weeks; c was above the goal in the two months before."""
    desk, chance = Desk(tenant), Random(5)
    # nothing was deleted, and that is known
    desk.add("source_capabilities", capability="delete_log", level="full")
    desk.channel("auction", "ebay", "marketplace_message")
    for tag in ("Late parcel", "Damaged"):
        desk.add("tags", tag_id=tag, name=tag, kind="reason", valid_from="2020-01-01")
    desk.add("macros", macro_id="m", name="Where it is", version=1, valid_from="2020-01-01")
    for manner in MANNERS:
        for number in range(manner.tickets):
            _contact(desk, chance, manner, number)
        for number in range(40):
            _auction(desk, manner, number)
        for number in range(manner.passed_on):
            _passed_on(desk, manner.agent, number)
        for number in range(6):
            _review(desk, manner, number)
    for begin in TWO_MONTHS:
        _excellent(desk, begin)
    _busy(desk)
    return desk


def _contact(desk: Desk, chance: Random, manner: Manner, number: int) -> None:
    """A late parcel: asked, answered, solved; perhaps tagged otherwise before, perhaps asked again after it."""
    agent, ticket = manner.agent, f"late-{manner.agent}{number}"
    begin = DAY + timedelta(days=number % 5) + minutes(chance.randrange(300))
    is_retagged = number % manner.tickets < manner.retagged
    desk.ticket(begin, ticket, assignee=agent, reason="Late parcel")
    first = "Damaged" if is_retagged else "Late parcel"
    desk.event(ticket, begin + minutes(1), "reason_change", None, first, agent)
    desk.customer(ticket, begin)
    reply = begin + hours(manner.answered_after * chance.uniform(0.9, 1.1))
    macro = {"macro_id": "m"} if number < manner.with_macro else {}
    desk.reply(ticket, reply, agent, **macro)
    if is_retagged:
        desk.event(ticket, reply, "reason_change", first, "Late parcel", agent)
    handled = timedelta(seconds=round(manner.handled_s * chance.uniform(0.9, 1.1)))
    desk.add(
        "handle_sessions",
        session_id=f"s-{ticket}",
        ticket_id=ticket,
        agent_id=agent,
        started_at=reply - handled,
        ended_at=reply,
        method="timer",
        capped=False,
    )
    desk.status(ticket, reply + minutes(1), "solved", agent)
    if number >= manner.tickets - manner.reopened:
        again = reply + hours(20)
        desk.customer(ticket, again)
        desk.status(ticket, again, "open", None, "customer")
        desk.reply(ticket, again + hours(1), agent)
        desk.status(ticket, again + hours(2), "solved", agent)


def _auction(desk: Desk, manner: Manner, number: int) -> None:
    ticket, begin = f"auction-{manner.agent}{number}", DAY + minutes(number)
    desk.ticket(begin, ticket, channel="auction", assignee=manner.agent)
    desk.customer(ticket, begin)
    after = 30 if number < manner.late_on_auction else manner.answered_after
    desk.reply(ticket, begin + hours(after), manner.agent)


def _passed_on(desk: Desk, agent: str, number: int) -> None:
    """Held for three hours while the customer waited, then passed to c, who answers."""
    ticket, begin = f"held-{agent}{number}", DAY + minutes(7 * number)
    desk.ticket(begin, ticket, assignee=agent)
    desk.customer(ticket, begin)
    desk.assign(ticket, begin + hours(3), "c", actor=agent)
    desk.reply(ticket, begin + hours(4), "c")


def _review(desk: Desk, manner: Manner, number: int) -> None:
    ticket = f"late-{manner.agent}{number}"
    desk.add(
        "qa_reviews",
        review_id=f"q-{ticket}",
        ticket_id=ticket,
        agent_id=manner.agent,
        reviewer_id="c" if manner.agent != "c" else "b",
        scorecard_id="s",
        scorecard_version="1",
        reviewed_at=DAY + timedelta(days=10),
        review_type="regular",
        is_benchmark=False,
        points_earned=manner.points,
        points_possible=100,
        critical_fail=False,
        status="final",
    )
    if number < manner.errors:
        desk.add(
            "qa_review_items",
            review_id=f"q-{ticket}",
            criterion_id="facts",
            weight=1,
            rating=0,
            rating_scale="pass_fail",
            is_na=False,
            error_class="non_critical",
            error_cause="product_knowledge",
        )


def _excellent(desk: Desk, begin: datetime) -> None:
    """200 turns of c in time; of 60 of b every fourth late."""
    for agent, turns, step in (("c", 200, 0), ("b", 60, 4)):
        for first in range(0, turns, TURNS_OF_A_TICKET):
            ticket = f"{begin:%m}-{agent}{first}"
            desk.ticket(begin, ticket, assignee=agent)
            for number in range(TURNS_OF_A_TICKET):
                came = begin + timedelta(days=number)
                desk.customer(ticket, came)
                is_late = bool(step) and number % step == 0
                desk.reply(ticket, came + hours(23.9 if not is_late else 24.5), agent)


def _busy(desk: Desk) -> None:
    """Five of the last seven days b does nothing but handle."""
    for day in range(5):
        for hour in range(6):
            begin = LAST_WEEK + timedelta(days=day, hours=hour)
            for state, minute, length in (("handling", 0, 57), ("available", 57, 3)):
                desk.add(
                    "agent_time",
                    agent_id="b",
                    interval_start=begin + minutes(minute),
                    interval_end=begin + minutes(minute + length),
                    state=state,
                    is_paid=True,
                    paid_seconds=60 * length,
                    source_quality="measured",
                )


def coaching_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [coach()]
