"""Records of the ticket export, the user export, the ratings and the metric events, as rows of the raw tables."""

from __future__ import annotations

from typing import Any

from ingestion.sources.zendesk.border import LIGHT_AGENT_ROLE_TYPE, STAFF_ROLES, Border
from ingestion.sources.zendesk.columns import json_text

Record = dict[str, Any]
Row = tuple[Any, ...]

USER_FIELDS = ("customer_type", "region", "country")
STAFF_FIELDS = ("legal_entity", "hired_on", "left_on")
_METRICS = (
    "replies",
    "reopens",
    "group_stations",
    "assignee_stations",
    "solved_at",
    "initially_assigned_at",
    "reply_time_in_minutes",
    "first_resolution_time_in_minutes",
    "full_resolution_time_in_minutes",
    "agent_wait_time_in_minutes",
    "requester_wait_time_in_minutes",
    "on_hold_time_in_minutes",
    "reply_time_in_seconds",
)


def via_parts(via: Any) -> tuple[str | None, str | None, int | None, int | None]:
    """Channel, relation, origin ticket and target ticket of a ``via`` (an object, or in ticket events a word)."""
    if not isinstance(via, dict):
        return (str(via) if via else None), None, None, None
    source = via.get("source") or {}
    channel = via.get("channel")
    return (
        str(channel) if channel is not None else None,
        source.get("rel"),
        _ticket_of(source.get("from")),
        _ticket_of(source.get("to")),
    )


def _ticket_of(end: Any) -> int | None:
    if not isinstance(end, dict):
        return None
    ticket_id = end.get("ticket_id")
    if ticket_id is None and end.get("ticket_ids"):
        ticket_id = end["ticket_ids"][0]
    return int(ticket_id) if ticket_id is not None else None


def ticket_row(record: Record, border: Border, metric_sets: dict[Any, Record]) -> Row:
    """A ticket of the export; the subject becomes a hash, requester and submitter pseudonyms."""
    channel, rel, from_ticket, _ = via_parts(record.get("via"))
    created_at = record.get("created_at")
    assignee_id = record.get("assignee_id")
    if isinstance(assignee_id, int):
        border.meet_staff(assignee_id, "assignee", created_at)
    metrics = record.get("metric_set") or metric_sets.get(record.get("id")) or {}
    return (
        record.get("id"),
        record.get("generated_timestamp"),
        created_at,
        record.get("updated_at"),
        record.get("status"),
        record.get("priority"),
        record.get("type"),
        record.get("brand_id"),
        record.get("group_id"),
        assignee_id,
        border.ref(record.get("requester_id")),
        border.ref(record.get("submitter_id")),
        channel,
        rel,
        from_ticket,
        border.pseudonymiser.body_fingerprint(record.get("subject"))[0],
        record.get("is_public"),
        record.get("due_at"),
        json_text(record.get("tags")),
        json_text(_allowed(record.get("custom_fields") or record.get("fields"), border)),
        json_text({name: metrics[name] for name in _METRICS if metrics.get(name) is not None}),
    )


def _allowed(fields: Any, border: Border) -> dict[str, str]:
    """Custom fields that have a role and a value, by role; an item without an id is no field."""
    return {
        border.roles[str(item["id"])]: text_of(item["value"])
        for item in fields or ()
        if isinstance(item, dict)
        and item.get("value") not in (None, "", [])
        and str(item.get("id")) in border.roles
    }


def text_of(value: Any) -> str:
    """A scalar of the vendor as text; true and false in JSON spelling, lists joined by a space."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return str(value)


def user_row(record: Record, border: Border) -> Row:
    """A user: staff with id, name and zone, everybody else as a pseudonym with region and type."""
    role = record.get("role")
    is_staff = role in STAFF_ROLES
    tags = json_text(record.get("tags")) if is_staff else None
    if is_staff:
        is_light = record.get("role_type") == LIGHT_AGENT_ROLE_TYPE
        evidence = "light_agent" if is_light else str(role)
        border.meet_staff(
            record["id"], evidence, record.get("created_at"), record.get("name"), tags
        )
    given = record.get("user_fields") or {}
    is_former = not is_staff and any(given.get(name) for name in STAFF_FIELDS)
    if is_former:
        # Employment fields are filled for colleagues only: this one has left and was made an end user.
        border.meet_staff(record["id"], "former_agent", record.get("created_at"))
    allowed = USER_FIELDS + (STAFF_FIELDS if is_staff or is_former else ())
    kept = {name: text_of(given[name]) for name in allowed if given.get(name) is not None}
    return (
        border.ref(record.get("id")),
        record.get("id") if is_staff or is_former else None,
        record.get("name") if is_staff else None,
        role,
        record.get("active"),
        record.get("suspended"),
        record.get("iana_time_zone") if is_staff else None,
        record.get("locale"),
        tags,
        json_text(kept),
        record.get("created_at"),
        record.get("updated_at"),
    )


def rating_row(record: Record, border: Border) -> Row:
    """A satisfaction rating; the comment becomes a hash."""
    return (
        record.get("id"),
        record.get("ticket_id"),
        record.get("assignee_id"),
        record.get("group_id"),
        border.ref(record.get("requester_id")),
        record.get("score"),
        record.get("reason_code") or record.get("reason_id"),
        border.pseudonymiser.body_fingerprint(record.get("comment"))[0],
        record.get("created_at"),
        record.get("updated_at"),
    )


def metric_event_row(record: Record) -> Row:
    """A metric event; the SLA object is undeclared in the contract (trap Z13) and kept as it comes."""
    status = record.get("status")
    return (
        record.get("id"),
        record.get("ticket_id"),
        record.get("metric"),
        record.get("instance_id"),
        record.get("type"),
        record.get("time"),
        record.get("deleted"),
        json_text(record.get("sla") or record.get("group_sla")),
        status if isinstance(status, str) else json_text(status),
    )
