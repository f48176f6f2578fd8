"""Tenants of the fixtures on forecasts, calibration and costs of reasons."""

from __future__ import annotations

from datetime import timedelta

from tests.landing_builder import Desk, at, hours, minutes

RECEIVED = (130, 70, 120, 80, 100)
MONDAY = at("2026-03-02 00:00")


def f25() -> Desk:
    """Five days, 100 contacts forecast each, 130, 70, 120, 80 and 100 received; the month was forecast right."""
    desk = Desk("f25")
    for number, received in enumerate(RECEIVED):
        day = MONDAY + timedelta(days=number)
        _forecast(desk, "day", day, 100)
        for contact in range(received):
            ticket = f"k{number}-{contact}"
            desk.ticket(day + hours(8) + minutes(contact), ticket)
            desk.customer(ticket, day + hours(8) + minutes(contact))
    _forecast(desk, "month", at("2026-03-01 00:00"), 500)
    return desk


def _forecast(desk: Desk, grain: str, start: object, contacts: int) -> None:
    desk.add(
        "contact_forecast",
        forecast_version_id="v1",
        made_at=at("2026-02-20 00:00"),
        is_locked=True,
        interval_start=start,
        grain=grain,
        channel_id="mail",
        forecast_contacts=contacts,
    )


def f26() -> Desk:
    """Reviewer b beside the benchmark of c on four tickets; a and b rate 50 tickets pass or fail."""
    desk = Desk("f26")
    for number, (master, score) in enumerate(((90, 92), (80, 75), (70, 70), (85, 95))):
        ticket = _answered(desk, f"cal{number}")
        _review(desk, ticket, "benchmark", "c", master, is_benchmark=True)
        _review(desk, ticket, "benchmark", "b", score)
    ratings = [(1, 1)] * 30 + [(1, 0)] * 7 + [(0, 1)] * 5 + [(0, 0)] * 8
    for number, pair in enumerate(ratings):
        ticket = _answered(desk, f"pair{number}")
        for reviewer, rating in zip("ab", pair, strict=True):
            review = _review(desk, ticket, "pairs", reviewer, 100 * rating)
            desk.add(
                "qa_review_items",
                review_id=review,
                criterion_id="greeting",
                weight=1,
                rating=rating,
                rating_scale="pass_fail",
                is_na=False,
            )
    return desk


def _answered(desk: Desk, ticket: str) -> str:
    desk.ticket(MONDAY, ticket)
    desk.customer(ticket, MONDAY)
    desk.reply(ticket, MONDAY + hours(1))
    return ticket


def _review(
    desk: Desk, ticket: str, session: str, reviewer: str, points: int, is_benchmark: bool = False
) -> str:
    review = f"{session}-{ticket}-{reviewer}"
    desk.add(
        "qa_reviews",
        review_id=review,
        ticket_id=ticket,
        agent_id="a",
        reviewer_id=reviewer,
        scorecard_id="s",
        scorecard_version="1",
        reviewed_at=MONDAY + hours(48),
        review_type="calibration",
        calibration_session_id=session,
        is_benchmark=is_benchmark,
        points_earned=points,
        points_possible=100,
        critical_fail=False,
        status="final",
    )
    return review


def priced() -> Desk:
    """Labour of 120 and thirty minutes of work: half on late parcels, a sixth on broken ones, a third untagged."""
    desk = Desk("priced")
    for tag in ("late", "broken"):
        desk.add("tags", tag_id=tag, name=tag, kind="reason", valid_from="2020-01-01")
    for number, (reason, spent) in enumerate(
        (("late", 10), ("late", 5), ("broken", 5), (None, 10))
    ):
        sent = MONDAY + hours(9 + number)
        replied = sent + hours(1)
        ticket = desk.ticket(sent, f"k{number}", assignee="a", reason=reason)
        desk.customer(ticket, sent)
        desk.reply(ticket, replied)
        desk.add(
            "handle_sessions",
            session_id=f"s{number}",
            ticket_id=ticket,
            agent_id="a",
            started_at=replied - minutes(spent),
            ended_at=replied,
            method="timer",
            capped=False,
        )
        desk.status(ticket, replied + minutes(1), "solved")
    desk.add(
        "costs",
        cost_id="labour-march",
        month="2026-03-01",
        occurred_at=at("2026-03-01 00:00"),
        amount=120,
        currency="EUR",
        fx_rate_to_report=1,
        cost_type="labour",
        scope_type="company",
        scope_id="company",
        allocation_key="handle_time",
        is_final=True,
    )
    return desk


def ops_desks() -> list[Desk]:
    """Every tenant of this module."""
    return [f25(), f26(), priced()]
