"""The audit log, in the two spellings of the API: the event export and the audits of one ticket.

The export's declared schema is wrong (trap Z7); its real records have ``child_events`` with the changed field as key.
"""

from __future__ import annotations

from typing import Any

from ingestion.simulator.clock import iso_z
from ingestion.simulator.world.catalogue import FIELD_REASON, MACROS
from ingestion.simulator.world.tickets import Audit, Fact, Ticket
from ingestion.simulator.zendesk.index import ExportIndex
from ingestion.simulator.zendesk.ticket_json import comment_json, custom_metadata
from ingestion.simulator.zendesk.via import via_object, via_word

_MACRO_TITLES = {macro.macro_id: macro.title for macro in MACROS}
_ID_FIELDS = frozenset({"group_id", "assignee_id"})


def event_json(
    index: ExportIndex, ticket: Ticket, audit: Audit, instant: int, *, with_comments: bool
) -> dict[str, Any]:
    """One record of ``/incremental/ticket_events`` as of ``instant``."""
    redacted = index.redacted(ticket.ticket_id, instant)
    children = [
        _child(index, ticket, audit, place, fact, redacted, with_comments)
        for place, fact in enumerate(audit.facts)
        if fact[0] != "scrub"
    ]
    return {
        "id": ticket.audit_id(audit),
        "ticket_id": ticket.ticket_id,
        "timestamp": audit.at,
        "created_at": iso_z(audit.at),
        "updater_id": audit.author,
        "via": via_word(audit.via),
        "system": {"client": None, "location": None, "latitude": None, "longitude": None},
        "metadata": {"custom": custom_metadata(audit)},
        "event_type": "Audit",
        "child_events": children,
    }


def _child(
    index: ExportIndex,
    ticket: Ticket,
    audit: Audit,
    place: int,
    fact: Fact,
    redacted: set[int],
    with_comments: bool,
) -> dict[str, Any]:
    head: dict[str, Any] = {
        "id": ticket.audit_id(audit) + 1 + place,
        "via": via_word(audit.via),
        "via_reference_id": None,
    }
    if audit.via.startswith(("rule", "automation")):
        head["via"] = via_object(audit.via, ticket, None)
    if fact[0] == "set":
        return head | _change(fact)
    if fact[0] == "comment":
        if not with_comments:
            return head | {
                "event_type": "Comment",
                "comment_present": True,
                "comment_public": fact[3],
            }
        user = index.world.buyers.by_id.get(ticket.requester_id)
        comment = comment_json(ticket, audit, place, fact, user, redacted)
        comment.pop("metadata")
        return comment | {"via_reference_id": None, "event_type": "Comment"}
    return head | _other(ticket, fact, "event_type")


def _change(fact: Fact) -> dict[str, Any]:
    """A field's change in the export's spelling: the field is the key."""
    _, name, value, previous, created = fact
    change: dict[str, Any] = {"event_type": "Create" if created else "Change"}
    if name == "tags":
        change["tags"] = list(value)
        if not created:
            change |= {
                "previous_value": list(previous),
                "added_tags": [tag for tag in value if tag not in previous],
                "removed_tags": [tag for tag in previous if tag not in value],
            }
        return change
    if name == "reason":
        change["custom_ticket_fields"] = {str(FIELD_REASON): value}
    else:
        change[name] = _value(name, value)
    if not created:
        change["previous_value"] = _value(name, previous)
    return change


def _value(name: str, value: Any) -> Any:
    """The audit log writes ids as text."""
    return str(value) if name in _ID_FIELDS and value is not None else value


def _other(ticket: Ticket, fact: Fact, type_key: str) -> dict[str, Any]:
    kind = fact[0]
    if kind == "macro":
        return {
            type_key: "AgentMacroReference",
            "macro_id": str(fact[1]),
            "macro_title": _MACRO_TITLES[fact[1]],
            "macro_deleted": False,
        }
    if kind == "redact":
        return {type_key: "CommentRedactionEvent", "comment_id": comment_id(ticket, fact[1])}
    if kind == "privacy":
        return {
            type_key: "CommentPrivacyChange",
            "comment_id": comment_id(ticket, fact[1]),
            "public": fact[2],
        }
    if kind == "error":
        return {
            type_key: "Error",
            "message": "The message could not be delivered by the channel.",
            "comment_id": comment_id(ticket, fact[1]),
        }
    if kind == "survey":
        return {
            type_key: "SurveyOffered",
            "survey_id": 5_300_001,
            "survey_type": "customer_satisfaction",
        }
    if kind == "rating":
        return {
            type_key: "SatisfactionRating",
            "score": fact[1],
            "assignee_id": ticket.ratings[-1][2],
            "body": None,
        }
    return {type_key: "External", "resource": kind}


def comment_id(ticket: Ticket, number: int) -> int | None:
    """Vendor id of the ``number``-th comment of a ticket."""
    for audit in ticket.audits:
        for place, fact in enumerate(audit.facts):
            if fact[0] == "comment" and fact[1] == number:
                return ticket.audit_id(audit) + 1 + place
    return None


def audit_json(index: ExportIndex, ticket: Ticket, audit: Audit, instant: int) -> dict[str, Any]:
    """One record of ``/tickets/{id}/audits``: fields are named, not keys."""
    user = index.world.buyers.by_id.get(ticket.requester_id)
    redacted = index.redacted(ticket.ticket_id, instant)
    events: list[dict[str, Any]] = []
    for place, fact in enumerate(audit.facts):
        number = ticket.audit_id(audit) + 1 + place
        if fact[0] == "comment":
            events.append(comment_json(ticket, audit, place, fact, user, redacted))
        elif fact[0] == "set":
            _, name, value, previous, created = fact
            event: dict[str, Any] = {
                "id": number,
                "type": "Create" if created else "Change",
                "field_name": str(FIELD_REASON) if name == "reason" else name,
                "value": list(value) if name == "tags" else _value(name, value),
            }
            if not created:
                event["previous_value"] = (
                    list(previous) if name == "tags" else _value(name, previous)
                )
            events.append(event)
        elif fact[0] != "scrub":
            events.append({"id": number} | _other(ticket, fact, "type"))
    return {
        "id": ticket.audit_id(audit),
        "ticket_id": ticket.ticket_id,
        "created_at": iso_z(audit.at),
        "author_id": audit.author,
        "metadata": {"system": {}, "custom": custom_metadata(audit)},
        "via": via_object(audit.via, ticket, user),
        "events": events,
    }
