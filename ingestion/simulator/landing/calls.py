"""The telephony's call log in canonical form: one ticket, one message and its events for each call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingestion.simulator.clock import iso_z
from ingestion.simulator.landing.sheets import (
    TELEPHONY,
    Row,
    Tables,
    extension,
    has_happened,
    hotline_agents,
    reason_tags,
    row,
)
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.people import TEAM_BY_SLUG
from ingestion.simulator.world.phone import Call
from ingestion.simulator.world.world import World

TEAM_ID = "hotline"


def call_tables(world: World, at: datetime) -> Tables:
    """Canonical tables of the call log as of ``at``: calls that have begun, as far as they have come."""
    instant = epoch(at)
    calls = sorted(
        (call for call in world.calls if call.queued_at <= instant), key=lambda c: c.call_id
    )
    yield "tickets", [_ticket(world, call, instant) for call in calls]
    yield "messages", [_message(call, instant) for call in calls]
    yield "ticket_events", [event for call in calls for event in _events(world, call, instant)]
    yield "customers", list(_customers(world, calls))
    yield "agents", list(_agents(world, at))
    yield "tags", reason_tags(TELEPHONY)


def _known(value: int | None, instant: int) -> int | None:
    return value if value is not None and value <= instant else None


def _text(value: int | None) -> str | None:
    return None if value is None else iso_z(value)


def _customer(call: Call) -> str:
    return f"caller-{call.buyer_id}"


def _agent_of(world: World, call: Call, instant: int) -> str | None:
    if call.agent_id is None or _known(call.answered_at, instant) is None:
        return None
    return extension(world.staff.by_id[call.agent_id])


def _status(call: Call, instant: int) -> str:
    if _known(call.abandoned_at, instant) is not None:
        return "closed"
    if _known(call.ended_at, instant) is not None:
        return "solved"
    return "open" if _known(call.answered_at, instant) is not None else "new"


def _ticket(world: World, call: Call, instant: int) -> Row:
    agent = _agent_of(world, call, instant)
    return row(
        TELEPHONY,
        ticket_id=f"call-{call.call_id}",
        created_at=iso_z(call.queued_at),
        created_by_role="customer",
        origin="inbound",
        channel_id="phone",
        order_id=call.order_id,
        customer_ref=_customer(call),
        language=call.language,
        status=_status(call, instant),
        assignee_id=agent,
        team_id=TEAM_ID,
        primary_reason_tag_id=call.reason if _known(call.ended_at, instant) else None,
    )


def _message(call: Call, instant: int) -> Row:
    return row(
        TELEPHONY,
        message_id=f"call-{call.call_id}-1",
        ticket_id=f"call-{call.call_id}",
        sent_at=iso_z(call.queued_at),
        available_at=iso_z(call.queued_at),
        direction="inbound",
        visibility="public",
        author_role="customer",
        author_id=_customer(call),
        is_automated=False,
        message_kind="call",
        delivery_status="delivered",
        call_queue_entered_at=iso_z(call.queued_at),
        call_answered_at=_text(_known(call.answered_at, instant)),
        call_ended_at=_text(_known(call.ended_at, instant)),
        abandoned_at=_text(_known(call.abandoned_at, instant)),
    )


def _events(world: World, call: Call, instant: int) -> Iterator[Row]:
    """Answering, hanging up, giving up; the order of equal instants as the catalogue ranks event types."""
    agent = _agent_of(world, call, instant)

    def event(
        number: int, kind: str, at: int, old: str | None, new: str | None, by: str | None, seq: int
    ) -> Row:
        return row(
            TELEPHONY,
            event_id=f"call-{call.call_id}-e{number}",
            ticket_id=f"call-{call.call_id}",
            event_type=kind,
            from_value=old,
            to_value=new,
            actor_id=by,
            actor_role="agent" if by else "system",
            occurred_at=iso_z(at),
            time_precision_s=0,
            event_source="audit_log",
            seq=seq,
        )

    answered, ended, given_up = (
        _known(value, instant) for value in (call.answered_at, call.ended_at, call.abandoned_at)
    )
    if answered is not None:
        yield event(1, "assignee_change", answered, None, agent, None, 50)
        yield event(2, "status_change", answered, "new", "open", agent, 70)
    if ended is not None:
        yield event(3, "reason_change", ended, None, call.reason, agent, 40)
        yield event(4, "status_change", ended, "open", "solved", agent, 70)
    if given_up is not None:
        yield event(5, "status_change", given_up, "new", "closed", None, 70)


def _customers(world: World, calls: list[Call]) -> Iterator[Row]:
    first: dict[int, int] = {}
    for call in calls:
        first[call.buyer_id] = min(call.queued_at, first.get(call.buyer_id, call.queued_at))
    for buyer_id in sorted(first):
        user = world.buyers.by_id[buyer_id]
        yield row(
            TELEPHONY,
            customer_ref=f"caller-{buyer_id}",
            customer_type=user.customer_type,
            region=user.region,
            country=user.country,
            first_seen_at=iso_z(first[buyer_id]),
        )


def _agents(world: World, at: datetime) -> Iterator[Row]:
    entity = TEAM_BY_SLUG["webshop_care"].legal_entity
    for agent in hotline_agents(world, at):
        columns: dict[str, Any] = {
            "agent_id": extension(agent),
            "display_name": agent.name,
            "is_bot": False,
            "home_tz": agent.zone,
            "hired_on": agent.hired_on,
            "left_on": agent.left_on if has_happened(agent.left_on, at) else None,
            "legal_entity": entity,
        }
        yield row(TELEPHONY, **columns)
