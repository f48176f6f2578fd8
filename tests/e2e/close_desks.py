"""Small tenants whose October is closed and looked at again with later knowledge, each touched by one thing."""

from __future__ import annotations

from datetime import timedelta

from tests.landing_builder import Desk, at

SENT = at("2026-10-12 09:00")


def _desk(tenant: str, default_policies: bool = True) -> Desk:
    desk = Desk(tenant, default_policies=default_policies)
    _answered(desk, "base")
    return desk


def _answered(desk: Desk, ticket_id: str, hours: float = 10, days: int = 0) -> str:
    """A ticket that is answered after some hours and solved right away."""
    sent = SENT + timedelta(days=days)
    replied = sent + timedelta(hours=hours)
    desk.ticket(sent, ticket_id, assignee="a")
    desk.customer(ticket_id, sent)
    desk.reply(ticket_id, replied)
    desk.status(ticket_id, replied + timedelta(minutes=1), "solved")
    return ticket_id


def unchanged() -> Desk:
    """Nothing comes later."""
    return _desk("close-same")


def survey(score: str) -> Desk:
    """A customer answers a survey, and may think better of it after the close (F29)."""
    desk = _desk("close-survey")
    desk.add(
        "satisfaction_responses",
        response_id="r1",
        ticket_id="base",
        agent_id="a",
        responded_at=at("2026-10-13 09:00"),
        scale="binary",
        raw_score=score,
        sentiment="satisfied" if score == "good" else "dissatisfied",
        source_updated_at=at("2026-10-13 09:00" if score == "bad" else "2026-11-11 09:00"),
    )
    return desk


def late(has_arrived: bool) -> Desk:
    """A second October ticket reaches us only after the close."""
    desk = _desk("close-late")
    if has_arrived:
        _answered(desk, "straggler", hours=2, days=3)
    return desk


def merged(is_undone: bool) -> Desk:
    """Two tickets were merged in October; after the close the merge is undone."""
    desk = _desk("close-merge")
    _answered(desk, "twin", hours=3, days=1)
    desk.merge("twin", "base", at("2026-10-14 09:00"))
    if is_undone:
        desk.event("twin", at("2026-11-11 09:00"), "unmerged", "base", None, "a")
        row = next(row for row in desk.rows["tickets"] if row["ticket_id"] == "twin")
        row["merged_into_ticket_id"] = None
        row["source_updated_at"] = at("2026-11-11 09:00").isoformat()
    return desk


def policy(is_backdated: bool) -> Desk:
    """A stricter promise is entered after the close, valid from the first of October."""
    desk = _desk("close-policy", default_policies=False)
    since = at("2026-10-01 00:00")
    desk.policy("in", "internal", {"first_reply": 86400}, valid_to=since if is_backdated else None)
    if is_backdated:
        desk.policy("in", "internal", {"first_reply": 14400}, version="2", valid_from=since)
    return desk


def costs(has_october: bool) -> Desk:
    """The cost sheet has September; October comes after the close."""
    desk = _desk("close-costs")
    for month in ("2026-09-01", "2026-10-01")[: 2 if has_october else 1]:
        desk.add(
            "costs",
            cost_id=f"labour-{month}",
            month=month,
            amount="1000",
            currency="EUR",
            fx_rate_to_report="1",
            cost_type="labour",
            scope_type="company",
            scope_id="company",
            allocation_key="contacts",
            is_final=True,
            occurred_at=f"{month}T00:00:00+00:00",
        )
    return desk


def mapping(is_corrected: bool) -> Desk:
    """The shop's channel was taken for one of Amazon; later it is corrected, and a late ticket comes elsewhere."""
    desk = _desk("close-mapping")
    desk.channel("shop", "ebay" if is_corrected else "amazon", "marketplace_message")
    desk.channel("web", "webshop", "email")
    sent = SENT + timedelta(days=1)
    for ticket_id, channel in (("bought", "shop"), ("asked", "web"), ("wondered", "web")):
        if ticket_id == "wondered" and not is_corrected:
            continue
        desk.ticket(sent, ticket_id, channel=channel, assignee="a")
        desk.customer(ticket_id, sent)
        desk.reply(ticket_id, sent + timedelta(hours=2))
    return desk


def dispute(points: int) -> Desk:
    """A quality review is disputed after the close and its points are settled anew."""
    desk = _desk("close-dispute")
    desk.add(
        "qa_reviews",
        review_id="q1",
        ticket_id="base",
        agent_id="a",
        reviewer_id="b",
        scorecard_id="s",
        scorecard_version="1",
        reviewed_at=at("2026-10-14 09:00"),
        review_type="regular",
        points_earned=str(points),
        points_possible="100",
        status="final",
        source_updated_at=at("2026-10-14 09:00" if points < 80 else "2026-11-11 09:00"),
    )
    return desk


def _all(is_later: bool) -> list[Desk]:
    return [
        unchanged(),
        survey("good" if is_later else "bad"),
        late(is_later),
        merged(is_later),
        policy(is_later),
        costs(is_later),
        mapping(is_later),
        dispute(90 if is_later else 60),
    ]


def at_close() -> list[Desk]:
    """What was known when October was closed."""
    return _all(is_later=False)


def later() -> list[Desk]:
    """What is known a few days after."""
    return _all(is_later=True)
