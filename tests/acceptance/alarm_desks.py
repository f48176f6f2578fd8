"""A tenant of whom the alert rules of the catalogue (§13) have something to say.

All but two: one load from files is never stale, and a word outside a vocabulary is refused there.
"""

from __future__ import annotations

from datetime import timedelta

from tests.landing_builder import Desk, at, hours, minutes

NOW = at("2026-11-20 00:00")
FIRST_DAY = at("2026-09-21 09:00")
"""A Monday, sixty days before now: a baseline for charts of days."""
DAYS = 60
ORDERS_A_DAY = 5
ORDINARY = (20, 24, 18, 26, 22, 19)
"""Minutes until an answer, turn by turn."""
SLOW = at("2026-11-16 09:00")
"""From this Monday on every answer takes nearly twice as long, with as many turns and hours as ever."""


def alarms() -> Desk:
    """Persons, turns, requests, teams, reasons, accounts and data, each in the state its rule warns of."""
    desk = Desk("alarms")
    desk.add("tags", tag_id="late", name="Late parcel", kind="reason", valid_from="2020-01-01")
    desk.add(
        "marketplace_accounts",
        marketplace_account_id="amazon.it",
        platform="amazon",
        site="amazon.it",
        country="IT",
        account_tz="UTC",
    )
    _series(desk)
    _surge(desk)
    _below_and_watched(desk)
    _waiting(desk)
    _closings(desk)
    _unsolved(desk)
    _unhappy(desk)
    _account(desk)
    _data(desk)
    return desk


def _series(desk: Desk) -> None:
    """`unexplained_slowdown`: sixty days alike in a team and channel of its own, then four slow ones."""
    desk.team("steady", "office")
    desk.agent("d", "steady")
    desk.channel("letters", "amazon", "email")
    for number in range(DAYS):
        begin = FIRST_DAY + timedelta(days=number)
        if begin.isoweekday() > 5:
            continue
        ticket = desk.ticket(begin, f"day{number}", channel="letters", team="steady", assignee="d")
        for turn, usual in enumerate(ORDINARY):
            came = begin + minutes(40 * turn)
            wait = usual + (number * 7 + turn * 3) % 5
            desk.customer(ticket, came)
            desk.reply(ticket, came + minutes(wait if begin < SLOW else 38), "d")
        for hour in range(8):
            desk.add(
                "agent_time",
                agent_id="d",
                interval_start=begin + hours(hour),
                interval_end=begin + hours(hour + 1),
                state="available",
                is_paid=True,
                paid_seconds=3600,
                source_quality="measured",
            )


def _surge(desk: Desk) -> None:
    """`reason_surge`: a late parcel every other day, fourteen on the last one."""
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        for order in range(ORDERS_A_DAY):
            desk.add(
                "orders",
                order_id=f"o{number}-{order}",
                platform="amazon",
                placed_at=day,
                fulfilment="mfn",
                units=1,
            )
        for late in range(14 if number == DAYS - 1 else number % 2):
            ticket = desk.ticket(day, f"late{number}-{late}", reason="late")
            desk.customer(ticket, day)
            desk.reply(ticket, day + hours(1), "c")


def _below_and_watched(desk: Desk) -> None:
    """`agent_sla_below`: half of a's turns late; `agent_sla_watch`: two of twenty of b, two weeks running."""
    for agent, week, late in (("a", 1, 10), ("b", 1, 2), ("b", 2, 2)):
        begin = at("2026-11-09 09:00") - timedelta(weeks=week - 1)
        for number in range(20):
            ticket = desk.ticket(begin, f"{agent}{week}-{number}", assignee=agent)
            desk.customer(ticket, begin)
            desk.reply(ticket, begin + hours(30 if number < late else 1), agent)


def _waiting(desk: Desk) -> None:
    """`obligation_at_risk`, `obligation_breached`, `oldest_overdue` and `case_deadline`."""
    for name, since in (("risk", 20), ("broken", 30), ("oldest", 60)):
        desk.ticket(NOW - hours(since), name, assignee="c")
        desk.customer(name, NOW - hours(since))
    desk.add(
        "order_defects",
        defect_id="claim",
        order_id="o1-1",
        marketplace_account_id="amazon.it",
        defect_type="a_to_z",
        opened_at=NOW - hours(30),
        respond_by=NOW + hours(12),
    )


def _closings(desk: Desk) -> None:
    """`sensitive_burst` and `closed_unanswered_spike`: c closes thirty asked tickets in five minutes, unanswered."""
    begin = at("2026-11-18 10:00")
    for number in range(30):
        ticket = desk.ticket(begin, f"shut{number}", assignee="c")
        desk.customer(ticket, begin)
        desk.status(ticket, begin + timedelta(seconds=10 * number + 3600), "solved", "c")
    for number in range(40):
        ticket = desk.ticket(begin, f"open{number}", assignee="b")
        desk.customer(ticket, begin)
        desk.reply(ticket, begin + minutes(10 + number), "b")
        desk.status(ticket, begin + minutes(20 + 30 * number), "solved", "b")


def _unsolved(desk: Desk) -> None:
    """`resolution_below`: 25 answered at once, solved a day late; `backlog_high`: the others nobody ever solves."""
    desk.channel("repairs", "other", "email")
    only = {"channel_id": ["repairs"]}
    desk.policy("repair", "internal", {"resolution": 86_400}, position=0, conditions=only)
    for number in range(25):
        begin = at("2026-11-13 09:00") + minutes(number)
        ticket = desk.ticket(begin, f"repair{number}", channel="repairs", assignee="c")
        desk.customer(ticket, begin)
        desk.reply(ticket, begin + minutes(20), "c")
        desk.status(ticket, begin + hours(48), "solved", "c")


def _unhappy(desk: Desk) -> None:
    """`csat_drop`: twenty of forty answers are bad."""
    when = at("2026-11-12 10:00")
    for number in range(40):
        ticket = f"open{number}"
        desk.add(
            "satisfaction_responses",
            response_id=f"r-{ticket}",
            ticket_id=ticket,
            responded_at=when + timedelta(days=7),
            scale="stars5",
            raw_score="1" if number < 20 else "5",
        )


def _account(desk: Desk) -> None:
    """`headroom_low`: the platform calls the account bad."""
    desk.add(
        "account_health_snapshots",
        snapshot_id="odr",
        marketplace_account_id="amazon.it",
        metric="amz_odr",
        evaluation="current",
        fulfilment="mfn",
        window_from="2026-09-18",
        window_to="2026-11-16",
        numerator=30,
        denominator=1000,
        rate="0.03",
        target_value="0.01",
        target_condition="less_than",
        published_status="bad",
        captured_at=at("2026-11-17 12:00"),
    )


def _data(desk: Desk) -> None:
    """`completeness`: a customer writes on a ticket that nobody delivered."""
    desk.customer("never-delivered", at("2026-11-18 09:00"))


def alarm_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [alarms()]
