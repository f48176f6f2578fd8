"""Tenants of the catalogue's worked examples that no fixture of §16 covers, and the series of §12 (F28)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.landing_builder import Desk, at, hours, minutes

REACTIONS = (4.1, 3.8, 4.4, 4.0, 4.6, 3.9, 4.2, 4.5, 3.7, 4.3, 4.1, 4.4)
LOADS = (52, 49, 55, 50, 57, 48, 53, 56, 47, 54, 51, 55)
DAY_X = (6.1, 71)
DAY_Y = (6.1, 53)
FIRST_WEEK = at("2026-01-05 09:00")
TURNS_A_WEEK = 10
CAPTURED = at("2026-03-20 06:00")
SCORES = {5: 42, 4: 32, 3: 10, 2: 9, 1: 14}


def examples() -> Desk:
    """One card a month: nrt in March, tat in April, csat in May, backlog in June, closing without reply in July."""
    desk = Desk("examples")
    _next_reply(desk)
    _turnaround(desk)
    _stars(desk)
    _stock(desk)
    _closings(desk)
    return desk


def _next_reply(desk: Desk) -> None:
    """Customer 10:00, 10:20, 10:50; reply 11:30, after a first turn that was answered before."""
    begin = at("2026-03-02 09:00")
    desk.ticket(begin, "nrt")
    desk.customer("nrt", begin)
    desk.reply("nrt", begin + minutes(30))
    for after in (60, 80, 110):
        desk.customer("nrt", begin + minutes(after))
    desk.reply("nrt", begin + minutes(150))
    desk.status("nrt", begin + minutes(151), "solved")


def _turnaround(desk: Desk) -> None:
    """Assigned to a at 09:00, the customer wrote at 10:00, a replies at 12:00."""
    begin = at("2026-04-01 09:00")
    desk.ticket(begin, "tat", origin="outbound", assignee="a")
    desk.customer("tat", begin + hours(1))
    desk.reply("tat", begin + hours(3))
    desk.status("tat", begin + hours(3) + minutes(1), "solved")


def _stars(desk: Desk) -> None:
    """42 fives, 32 fours, 10 threes, 9 twos, 14 ones."""
    when = at("2026-05-04 10:00")
    for score, count in SCORES.items():
        for number in range(count):
            ticket = desk.ticket(when, f"stars{score}-{number}", status="solved")
            desk.add(
                "satisfaction_responses",
                response_id=f"r-{ticket}",
                ticket_id=ticket,
                responded_at=when + hours(24),
                scale="stars5",
                raw_score=str(score),
            )


def _stock(desk: Desk) -> None:
    """40, 42 and 38 unsolved tickets at the end of the last three days of June; none in July."""
    days = [at(f"2026-06-{day} 10:00") for day in (28, 29, 30)]
    tickets = [desk.ticket(days[0] if n < 40 else days[1], f"stock{n}") for n in range(42)]
    for number, ticket in enumerate(tickets):
        when = days[2] if number < 4 else at("2026-07-01 10:00")
        desk.status(ticket, when, "solved", actor=None, role="automation")


def _closings(desk: Desk) -> None:
    """Operator a: median reaction 3 min, 46 of 100 closings without reply; operator b: 9 min, 2 of 100."""
    for agent, reaction, silent in (("a", 3, 46), ("b", 9, 2)):
        for number in range(100):
            begin = at("2026-07-06 09:00") + minutes(number)
            ticket = desk.ticket(begin, f"close-{agent}{number}", assignee=agent)
            desk.customer(ticket, begin)
            if number >= silent:
                desk.reply(ticket, begin + minutes(reaction), agent)
            desk.status(ticket, begin + minutes(20), "solved", actor=agent)


def f28() -> Desk:
    """The series of §12, a point a week, in two teams: the thirteenth week is day X of one and day Y of the other."""
    desk = Desk("f28")
    for team, last in (("x", DAY_X), ("y", DAY_Y)):
        desk.team(team, "office")
        desk.agent(f"of-{team}", team)
        points = [*zip(REACTIONS, LOADS, strict=True), last]
        for week, (reaction, load) in enumerate(points):
            _week(desk, team, FIRST_WEEK + timedelta(weeks=week), reaction, load)
    return desk


def _week(desk: Desk, team: str, begin: datetime, reaction: float, load: int) -> None:
    """Ten turns on a Monday, each answered after the same time, and the hours that make the load."""
    ticket = desk.ticket(begin, f"{team}-{begin:%m%d}", team=team, assignee=f"of-{team}")
    for number in range(TURNS_A_WEEK):
        came = begin + minutes(10 * number)
        desk.customer(ticket, came)
        desk.reply(ticket, came + minutes(reaction), f"of-{team}")
    staffed = round(TURNS_A_WEEK * 3600 / load)
    desk.add(
        "agent_time",
        agent_id=f"of-{team}",
        interval_start=begin,
        interval_end=begin + timedelta(seconds=staffed),
        state="available",
        is_paid=True,
        paid_seconds=staffed,
        source_quality="measured",
    )


def elsewhere() -> Desk:
    """What the simulated seller has not: a Walmart and an Etsy account."""
    desk = Desk("elsewhere")
    for platform, metric, days, numerator in (
        ("walmart", "wmt_response_rate", 14, 93),
        ("etsy", "etsy_message_rate", 90, 98),
    ):
        desk.add(
            "marketplace_accounts",
            marketplace_account_id=f"{platform}.one",
            platform=platform,
            site=platform,
            country="US",
            account_tz="UTC",
        )
        for length in (days, 30):
            desk.add(
                "account_health_snapshots",
                snapshot_id=f"{metric}-{length}",
                marketplace_account_id=f"{platform}.one",
                metric=metric,
                window_from=f"{CAPTURED - timedelta(days=length - 1):%Y-%m-%d}",
                window_to=f"{CAPTURED:%Y-%m-%d}",
                numerator=numerator,
                denominator=100,
                rate=str(numerator / 100),
                captured_at=CAPTURED,
            )
    desk.ticket(CAPTURED, "k")
    desk.customer("k", CAPTURED)
    return desk


def example_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [examples(), f28(), elsewhere()]
