"""One small seller who has every canonical table and every capability, so that each can be taken away in turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.landing_builder import SOURCE, Desk, at, hours, minutes

AS_OF = at("2026-11-10 12:00")
FIRST_DAY = at("2026-09-14 08:00")
TICKETS = 48
_BESIDE = (
    *("tickets", "channels", "agents", "agent_role_history"),
    *("teams", "team_membership", "tags", "source_capabilities"),
)
OF_A_LOG = (*_BESIDE, "ticket_events")
"""What a log delivers that knows every change and no message."""
OF_AN_INBOX = (*_BESIDE, "messages")
"""What a shared inbox delivers that knows every message and no change."""
CAPABILITIES = (
    "event_log",
    "role_history",
    "handle_time",
    "macro_id",
    "delete_log",
    "no_reply_flag",
    "survey_resolved_question",
    "agent_state",
    "business_calendar",
    "due_date_published",
    "assignment_log",
    "tag_log",
    "ticket_team",
)


def whole_desk(tenant: str) -> Desk:
    """The seller: two teams, mail, phone and a social page, eight weeks of work."""
    desk = Desk(tenant, "Europe/Rome")
    _references(desk)
    _rules(desk)
    for number in range(TICKETS):
        _ticket(desk, number, FIRST_DAY + timedelta(days=number, hours=number % 5))
    _work(desk)
    _business(desk)
    return desk


def mixed_desk(tenant: str) -> Desk:
    """The same seller, and beside his helpdesk a log of tickets and changes whose messages nobody delivers."""
    return _beside(tenant, "log", OF_A_LOG)


def inbox_desk(tenant: str) -> Desk:
    """The same seller, and beside his helpdesk an inbox of tickets and messages whose changes nobody delivers."""
    desk = _beside(tenant, "inbox", OF_AN_INBOX)
    for row in desk.rows["source_capabilities"]:
        if row["source_system"] == "inbox" and row["capability"] in ("event_log", "delete_log"):
            row["level"] = "none"
    return desk


def _beside(tenant: str, source: str, tables: tuple[str, ...]) -> Desk:
    """Two sources with the same tickets, of which the second delivers some tables only."""
    desk, other = whole_desk(tenant), whole_desk(tenant)
    for row in other.rows["tickets"]:
        row |= {"marketplace_account_id": None, "order_id": None, "customer_ref": source}
        row["ticket_id"] = f"{source}-{row['ticket_id']}"
        row["channel_id"] = f"{source}-{row['channel_id']}"
    for table in ("ticket_events", "messages"):
        for row in other.rows[table]:
            row["ticket_id"] = f"{source}-{row['ticket_id']}"
    for row in other.rows["channels"]:
        row |= {"channel_id": f"{source}-{row['channel_id']}", "platform": "other"}
    for table in tables:
        desk.rows[table] += [row | {"source_system": source} for row in other.rows[table]]
    return desk


def _references(desk: Desk) -> None:
    desk.team("u", "office")
    desk.agent("d", "u")
    desk.agent("bot", is_bot=True)
    desk.channel("phone", "phone", "voice", "live")
    desk.channel("page", "facebook", "social_public")
    desk.add("channel_teams", channel_id="page", team_id="t", valid_from=at("2020-01-01 00:00"))
    # whoever is the same person here never worked under the other name
    desk.agent("second_d", "u")
    desk.add(
        "agent_identities",
        agent_id="second_d",
        same_as_agent_id="d",
        same_as_system=SOURCE,
    )
    desk.add(
        "marketplace_accounts",
        marketplace_account_id="amazon.it",
        platform="amazon",
        site="amazon.it",
        country="IT",
        fulfilment="mfn",
    )
    for number in range(9):
        kind = "business" if number % 2 else "consumer"
        desk.add("customers", customer_ref=f"buyer{number}", customer_type=kind, region="EU")
    for tag in ("late", "broken"):
        desk.add("tags", tag_id=tag, name=tag, kind="reason")
    desk.add("macros", macro_id="mac", name="mac", reason_tag_id="late", is_locked=True)
    for capability in CAPABILITIES:
        desk.add("source_capabilities", capability=capability, level="full")
    desk.add(
        "root_cause_map",
        map_id="map",
        reason_tag_id="late",
        marketplace_platform="amazon",
        root_cause="carrier",
        operational_defect="late handover",
        fix="other carrier",
        fix_owner="ops",
        risk_metric="LSR",
        valid_from=at("2020-01-01 00:00"),
    )
    desk.add(
        "fixes",
        fix_id="fix",
        map_id="map",
        started_on="2026-10-01",
        live_on="2026-10-10",
        owner="ops",
        status="live",
        expected_contact_rate_change="-0.1",
    )


def _rules(desk: Desk) -> None:
    for layer in ("marketplace", "internal"):
        desk.policy(f"{layer}-more", layer, {"resolution": 172_800, "case_response": 86_400})
    desk.add(
        "channel_policy",
        channel_id="mail",
        missed_policy="count_as_missed",
        short_abandon_s=10,
        obligation_mode="reply_required",
        valid_from=at("2020-01-01 00:00"),
    )
    for table, kind, day in (
        ("incident_windows", "outage", "2026-10-05"),
        ("event_calendar", "sales_day", "2026-10-12"),
    ):
        desk.add(
            table,
            window_id=f"{kind}-1",
            starts_at=at(f"{day} 00:00"),
            ends_at=at(f"{day} 23:00"),
            scope_type="channel",
            scope_id="page",
            kind=kind,
            approved_by="lead",
            note="invented",
        )
    desk.add(
        "calendar_exceptions", calendar_id="office", date="2026-11-02", is_open=False, label="rest"
    )
    desk.add(
        "kpi_targets",
        target_version_id="own-frt",
        kpi_id="frt",
        stat="median",
        clock="calendar",
        target="3600",
        amber_tolerance="600",
        direction="lower",
        target_class="G",
        valid_from="2020-01-01",
    )
    desk.add(
        "kpi_accountability",
        kpi_id="frt",
        scope_type="company",
        role="operations_manager",
        kind="A",
        forum_id="monthly_business_review",
        valid_from="2020-01-01",
    )
    desk.add(
        "actions",
        action_id="act",
        forum_id="monthly_business_review",
        meeting_at=at("2026-10-10 09:00"),
        month="2026-09-01",
        kpi_id="frt",
        trigger="idea",
        decision="look at nights",
        decision_type="staffing",
        owner="a",
        due_on="2026-11-01",
    )


def _ticket(desk: Desk, number: int, start: datetime) -> None:
    """What happens to one ticket is drawn from its number, so that every kind of end occurs in every month."""
    channel = ("mail", "mail", "mail", "page", "phone", "mail")[number % 6]
    person, other = ("a", "b", "d", "c")[number % 4], ("b", "d", "a", "a")[number % 4]
    ticket = desk.ticket(
        start,
        f"k{number:02d}",
        channel=channel,
        team="u" if person == "d" else "t",
        reason=("late", "broken", None, "late")[number % 4],
        customer_ref=f"buyer{number % 9}",
        marketplace_account_id="amazon.it" if channel == "mail" else None,
        order_id=f"o{number % 12}" if channel == "mail" else None,
        origin="proxy" if number % 16 == 9 else "inbound",
        assignee=None,
    )
    desk.assign(ticket, start + minutes(5), person)
    if channel == "phone":
        _call(desk, ticket, start, number)
    elif number % 16 != 9:
        kind = "public_comment" if channel == "page" else "private_message"
        asked = desk.customer(ticket, start, message_kind=kind)
        if number % 12 == 3:
            desk.delete_message(asked, start + hours(20), person)
    _middle(desk, ticket, start, number, person, other)
    _end(desk, ticket, start, number, other if number % 5 == 2 else person)


def _call(desk: Desk, ticket: str, start: datetime, number: int) -> None:
    picked = {"call_answered_at": (start + minutes(1)).isoformat()}
    if number % 12 == 10:
        picked = {"abandoned_at": (start + minutes(4)).isoformat()}
    desk.message(
        ticket,
        start,
        "inbound",
        "customer",
        f"buyer-{ticket}",
        message_kind="call",
        call_queue_entered_at=start.isoformat(),
        call_ended_at=(start + minutes(9)).isoformat(),
        **picked,
    )


def _middle(desk: Desk, ticket: str, start: datetime, number: int, person: str, other: str) -> None:
    if number % 7 == 4:
        desk.bot(ticket, start + minutes(2))
    if number % 5 == 2:
        desk.assign(ticket, start + hours(3), other, actor=person)
    if number % 5 == 3:
        desk.move(ticket, start + hours(2), "t" if person == "d" else "u")
    if number % 6 == 1:
        desk.message(ticket, start + hours(1), "internal", "agent", person, visibility="internal")
    if number % 8 != 5:
        late = hours(30) if number % 9 == 6 else hours(4)
        macro = "mac" if number % 3 == 0 else None
        desk.reply(ticket, start + late, other if number % 5 == 2 else person, macro_id=macro)
    if number % 10 == 7:
        desk.event(ticket, start + hours(5), "author_blocked", None, "buyer", person)
    if number % 4 == 1:
        desk.status(ticket, start + hours(31), "pending", person)
        desk.customer(ticket, start + hours(40))
        desk.status(ticket, start + hours(40), "open", f"buyer-{ticket}", "customer")
        desk.reply(ticket, start + hours(42), person)
        desk.status(ticket, start + hours(43), "on_hold", person)


def _end(desk: Desk, ticket: str, start: datetime, number: int, person: str) -> None:
    if number % 11 == 8 or number >= TICKETS - 3:
        return
    desk.status(ticket, start + hours(50), "solved", person)
    if number % 8 == 6:
        desk.customer(ticket, start + hours(60))
        desk.status(ticket, start + hours(60), "open", f"buyer-{ticket}", "customer")
        desk.reply(ticket, start + hours(61), person)
        desk.status(ticket, start + hours(62), "solved", person)
    if number % 3 == 1:
        desk.add(
            "survey_sends",
            survey_sent_id=f"sent-{ticket}",
            ticket_id=ticket,
            sent_at=start + hours(63),
            channel_id="mail",
        )
    if number % 6 == 1:
        desk.add(
            "satisfaction_responses",
            response_id=f"said-{ticket}",
            survey_sent_id=f"sent-{ticket}",
            ticket_id=ticket,
            responded_at=start + hours(70),
            scale="stars5",
            raw_score=str(1 + number % 5),
            resolved_answer="yes" if number % 4 == 3 else "no",
        )


def _work(desk: Desk) -> None:
    for number in range(TICKETS - 3):
        start = FIRST_DAY + timedelta(days=number, hours=number % 5)
        person = ("a", "b", "d", "c")[number % 4]
        if number % 2 == 0:
            desk.add(
                "handle_sessions",
                session_id=f"h{number}",
                ticket_id=f"k{number:02d}",
                agent_id=person,
                started_at=start + hours(4) - minutes(12),
                ended_at=start + hours(4) - minutes(number % 7),
                method="timer",
            )
        for shift, state in ((0, "handling"), (4, "available"), (7, "break")):
            desk.add(
                "agent_time",
                agent_id=person,
                interval_start=start + hours(shift),
                interval_end=start + hours(shift + 1),
                state=state,
                is_paid=True,
                paid_seconds=3600,
                handling_seconds=1800 if state == "handling" else 0,
                source_quality="measured",
            )
        desk.add(
            "contact_forecast",
            forecast_version_id="v1",
            made_at=at("2026-09-01 00:00"),
            is_locked=True,
            interval_start=at(f"{start:%Y-%m-%d} 00:00", "Europe/Rome"),
            grain="day",
            channel_id="mail",
            forecast_contacts=2,
            forecast_aht_s=600,
            required_fte="1.5",
        )
        if number % 4 == 0:
            _review(desk, number, start, person)


def _review(desk: Desk, number: int, start: datetime, person: str) -> None:
    reviews = [("regular", "c", False)]
    if number % 8 == 0:
        reviews += [("calibration", "b", False), ("calibration", "c", True)]
    for kind, reviewer, is_benchmark in reviews:
        review = f"{kind}-{reviewer}-{number}"
        points = 100 - 5 * (number % 3) - (4 if reviewer == "b" else 0)
        desk.add(
            "qa_reviews",
            review_id=review,
            ticket_id=f"k{number:02d}",
            agent_id=person,
            reviewer_id=reviewer,
            scorecard_id="s",
            scorecard_version="1",
            reviewed_at=start + hours(90),
            review_type=kind,
            calibration_session_id="c1" if kind == "calibration" else None,
            is_benchmark=is_benchmark,
            points_earned=points,
            points_possible=100,
            critical_fail=False,
            status="final",
        )
        desk.add(
            "qa_review_items",
            review_id=review,
            criterion_id="greeting",
            weight=1,
            rating=int(number % 3 > 0 or reviewer == "c"),
            rating_scale="pass_fail",
            is_na=False,
            occurred_at=start + hours(90),
            error_class=None if number % 3 else "customer_critical",
            error_cause=None if number % 3 else "product_knowledge",
            training_related=not number % 3,
        )


def _business(desk: Desk) -> None:
    for number in range(60):
        placed = FIRST_DAY + timedelta(days=number % 50, hours=2)
        desk.add(
            "orders",
            order_id=f"o{number}",
            marketplace_account_id="amazon.it",
            platform="amazon",
            placed_at=placed,
            fulfilment="mfn",
            units=1,
        )
        if number % 12 == 5:
            desk.add(
                "order_defects",
                defect_id=f"d{number}",
                order_id=f"o{number}",
                defect_type="inr_case",
                opened_at=placed + hours(50),
                respond_by=placed + hours(122),
                responded_at=placed + hours(60),
                counts_against_seller=True,
            )
        if number % 3 == 0:
            desk.add(
                "self_service_events",
                event_id=f"s{number}",
                article_id="faq",
                reason_tag_id="late",
                session_ref=f"buyer{number % 9}",
                outcome="viewed",
                occurred_at=placed + hours(1),
            )
    for month in ("2026-09", "2026-10", "2026-11"):
        desk.add(
            "costs",
            cost_id=f"pay-{month}",
            month=f"{month}-01",
            occurred_at=at(f"{month}-01 00:00"),
            amount="1000",
            currency="EUR",
            fx_rate_to_report="1",
            cost_type="labour",
            scope_type="company",
            scope_id="company",
            allocation_key="contacts",
            is_final=True,
        )
        for metric, bad in (("amz_odr", 1), ("amz_lsr", 2), ("amz_late_response_rate", 3)):
            desk.add(
                "account_health_snapshots",
                snapshot_id=f"{metric}-{month}",
                marketplace_account_id="amazon.it",
                metric=metric,
                window_from=f"{month}-01",
                window_to=f"{month}-07",
                numerator=bad,
                denominator=200,
                rate=str(bad / 200),
                captured_at=at(f"{month}-08 06:00"),
            )
    assert SOURCE == "desk"
