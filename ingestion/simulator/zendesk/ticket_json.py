"""Tickets and comments as the API writes them."""

from __future__ import annotations

from typing import Any

from ingestion.simulator.clock import iso_z
from ingestion.simulator.world.buyers import EndUser
from ingestion.simulator.world.catalogue import (
    BRANDS,
    CHANNEL_BY_ID,
    FIELD_ACCOUNT,
    FIELD_LANGUAGE,
    FIELD_ORDER,
    FIELD_REASON,
)
from ingestion.simulator.world.texts import body_of, subject_of
from ingestion.simulator.world.tickets import Audit, Fact, Ticket
from ingestion.simulator.zendesk.index import ExportIndex, State, state_of
from ingestion.simulator.zendesk.via import via_object

REDACTED = "▇▇▇▇"
SCRUBBED = "SCRUBBED"


def ticket_json(index: ExportIndex, base_url: str, ticket: Ticket, instant: int) -> dict[str, Any]:
    """One ticket as of ``instant`` (epoch seconds), without sideloads."""
    state = state_of(ticket, instant)
    user = index.world.buyers.by_id.get(ticket.requester_id)
    subject = SCRUBBED if state.is_scrubbed else subject_of(ticket.subject)
    fields = _custom_fields(ticket, state)
    brand = CHANNEL_BY_ID[ticket.channel_id].brand
    answer: dict[str, Any] = {
        "url": f"{base_url}/api/v2/tickets/{ticket.ticket_id}.json",
        "id": ticket.ticket_id,
        "external_id": None,
        "via": via_object(ticket.via, ticket, user),
        "created_at": iso_z(ticket.created),
        "updated_at": iso_z(state.updated_at),
        "generated_timestamp": index.generated(ticket.ticket_id, instant),
        "type": None,
        "subject": subject,
        "raw_subject": subject,
        "description": SCRUBBED if state.is_scrubbed else _first_body(ticket, state),
        "priority": state.fields["priority"],
        "status": state.status,
        "requester_id": ticket.requester_id,
        "submitter_id": ticket.submitter_id,
        "assignee_id": state.fields["assignee_id"],
        "organization_id": None,
        "group_id": state.fields["group_id"],
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": list(state.tags),
        "custom_fields": fields,
        "satisfaction_rating": rating_of(ticket, instant),
        "sharing_agreement_ids": [],
        "custom_status_id": None,
        "fields": fields,
        "followup_ids": _followups(index, ticket, instant),
        "ticket_form_id": None,
        "brand_id": BRANDS[brand] if brand else None,
        "allow_channelback": ticket.via.startswith("facebook"),
        "allow_attachments": True,
        "support_type": index.support_type(ticket, instant),
        "from_messaging_channel": ticket.via
        in ("native_messaging", "instagram_dm", "facebook_message"),
    }
    return answer


def _custom_fields(ticket: Ticket, state: State) -> list[dict[str, Any]]:
    return [
        {"id": FIELD_ORDER, "value": ticket.order_id},
        {"id": FIELD_REASON, "value": state.fields["reason"]},
        {"id": FIELD_ACCOUNT, "value": ticket.account_id},
        {"id": FIELD_LANGUAGE, "value": ticket.language},
    ]


def _first_body(ticket: Ticket, state: State) -> str:
    for audit in ticket.audits:
        for fact in audit.facts:
            if fact[0] == "comment":
                return REDACTED if fact[1] in state.redacted else body_of(fact[4])
    return ""


def _followups(index: ExportIndex, ticket: Ticket, instant: int) -> list[int]:
    return [
        other for other in index.followups.get(ticket.ticket_id, []) if index.ticket(other, instant)
    ]


def rating_of(ticket: Ticket, instant: int) -> dict[str, Any]:
    """The ``satisfaction_rating`` of a ticket at ``instant``."""
    score = "unoffered"
    for at, given, _, _ in ticket.ratings:
        if at <= instant:
            score = given
    if score == "unoffered":
        return {"score": score}
    return {"score": score, "id": rating_id(ticket)}


def rating_id(ticket: Ticket) -> int:
    """Vendor id of a ticket's rating."""
    return ticket.ticket_id * 10 + 7


def comment_json(
    ticket: Ticket, audit: Audit, place: int, fact: Fact, user: EndUser | None, redacted: set[int]
) -> dict[str, Any]:
    """A comment; its id follows the audit's by its place among the audit's facts."""
    _, number, author, public, text, via = fact
    body = REDACTED if number in redacted else body_of(text)
    return {
        "id": ticket.audit_id(audit) + 1 + place,
        "type": "Comment",
        "author_id": author,
        "body": body,
        "html_body": f'<div class="zd-comment" dir="auto"><p dir="auto">{body}</p></div>',
        "plain_body": body,
        "public": public,
        "attachments": [],
        "audit_id": ticket.audit_id(audit),
        "via": via_object(via, ticket, user),
        "created_at": iso_z(audit.at),
        "metadata": {"system": {}, "custom": custom_metadata(audit)},
    }


def custom_metadata(audit: Audit) -> dict[str, Any]:
    """What apps stored with a change: original send time, reason code, no-reply flag."""
    custom = dict(audit.meta or {})
    if "original_sent_at" in custom:
        custom["original_sent_at"] = iso_z(custom["original_sent_at"])
    return custom
