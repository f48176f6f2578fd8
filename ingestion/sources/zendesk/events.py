"""Audits of the event export, as rows of ``ticket_events`` with two JSON lists: changes and comments.

The export spells a change with the field as key (``{"status": "solved", "previous_value": "open"}``), the audit
endpoints with ``field_name`` and ``value``; both become ``{id, type, field, value, previous}``. A change of tags
becomes one entry a tag, so that the warehouse unnests once. Unknown event types keep id and type only: the vendor
adds types at any time.

https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ingestion.quarantine import UNREADABLE
from ingestion.sources.zendesk.border import Border
from ingestion.sources.zendesk.columns import json_text
from ingestion.sources.zendesk.comments import (
    Audit,
    NoIdentityError,
    comment_of,
    is_comment,
    is_echo,
    kind_of,
)
from ingestion.sources.zendesk.tickets import Record, Row, text_of, via_parts

SCALAR_FIELDS = ("status", "priority", "group_id", "assignee_id", "brand_id", "type")
"""Ticket properties whose changes are kept; subjects, requesters and descriptions are personal."""

CUSTOM_FIELDS = ("custom_ticket_fields", "custom_fields")
KEPT_METADATA = (
    "original_sent_at",
    "reason_code",
    "no_reply_needed",
    "is_solution",
    "bulk_id",
    "time_spent",
)
REASON_TAGS = (
    "duplicate",
    "shift_handover",
    "escalation",
    "platform_closed",
    "spam",
    "no_reply_needed",
)
"""Tags that say why the other changes of the same audit were made; a ``reason_code`` in its metadata goes first."""

EFFECTS = {"CommentRedactionEvent": "deleted", "Error": "failed"}
"""What an event does to an earlier comment."""
REFERENCES = {
    "AgentMacroReference": ("macro_id",),
    "MacroReference": ("macro_id",),
    "CommentRedactionEvent": ("comment_id",),
    "CommentPrivacyChange": ("comment_id", "public"),
    "AttachmentRedactionEvent": ("comment_id",),
    "SatisfactionRating": ("score", "assignee_id"),
    "SurveyOffered": ("survey_id",),
    "SurveyResponseSubmitted": ("survey_id", "survey_response_id"),
    "Error": ("comment_id",),
}
"""Further event types and their harmless properties."""

CHILDREN = "child_events"
COMMENT_ID = "child_events.id"

RENAMED = {"public": "is_public"}
"""Properties named by a reserved word of SQL."""


Refuse = Callable[[str | None, str], None]
"""Told of each part of a record that cannot be read: the vendor's name of the part, and why."""


def _nobody(_: str | None, __: str) -> None:
    """For callers that only want the row."""


def audit_row(record: Record, border: Border, refuse: Refuse = _nobody) -> Row:
    """One audit: who changed what, the comments it brought, and the three facts that joins need as columns.

    A child event that cannot be read is passed to ``refuse`` and costs nothing but itself.

    Raises:
        ValueError: the audit lacks its ticket or its instant, so that nothing of it can be placed.
    """
    for name in ("ticket_id", "created_at"):
        if record.get(name) is None:
            raise ValueError(f"no {name}")
    channel, rel, _, to_ticket = via_parts(record.get("via"))
    created_at = record.get("created_at")
    children = _objects(record, refuse)
    metadata = _metadata(record, refuse)
    audit = Audit(
        created_at,
        record.get("updater_id", record.get("author_id")),
        channel,
        metadata,
        _macro_of(children),
        has_comment=any(is_comment(child) for child in children),
    )
    changes: list[Record] = []
    comments: list[Record] = []
    merged_into = to_ticket if rel == "merge" else None
    is_creation = False
    for child in children:
        kind = kind_of(child)
        try:
            if is_comment(child) or (is_echo(child) and not audit.has_comment):
                comment = comment_of(child, border, audit)
                if comment is not None:
                    comments.append(comment)
                    if comment.get("rel") == "merge":
                        merged_into = merged_into or comment.get("to_ticket")
            else:
                is_creation = is_creation or kind == "Create"
                changes.extend(list(_changes(child, kind, border, created_at)))
        except NoIdentityError:
            refuse(COMMENT_ID, f"a child event of type {kind} has no id")
        except UNREADABLE:
            reason = f"a child event of type {kind} has another form than published"
            refuse(CHILDREN, reason)
    statuses = [change.get("value") for change in changes if change.get("field") == "status"]
    effects = [
        {"comment_id": change["comment_id"], "effect": EFFECTS[change["type"]]}
        for change in changes
        if change["type"] in EFFECTS and "comment_id" in change
    ]
    reason = next(
        (
            change["value"]
            for change in changes
            if change.get("field") == "tag_added" and change["value"] in REASON_TAGS
        ),
        None,
    )
    if reason is not None:
        metadata.setdefault("reason_code", reason)
    return (
        record.get("id"),
        record.get("ticket_id"),
        created_at,
        border.ref(record.get("updater_id", record.get("author_id"))),
        channel,
        rel,
        record.get("event_type"),
        json_text(metadata),
        json_text(changes),
        json_text(comments),
        comments[0].get("author") if comments else None,
        json_text(effects),
        statuses[-1] if statuses else None,
        is_creation,
        merged_into if merged_into != record.get("ticket_id") else None,
    )


def _objects(record: Record, refuse: Refuse) -> list[Record]:
    """The child events that are objects."""
    children = record.get("child_events") or record.get("events") or ()
    if not isinstance(children, list | tuple):
        refuse(CHILDREN, "the child events are no list")
        return []
    for child in children:
        if not isinstance(child, dict):
            what = "null" if child is None else f"a {type(child).__name__}"
            refuse(CHILDREN, f"a child event is {what} instead of an object")
    return [child for child in children if isinstance(child, dict)]


def _metadata(record: Record, refuse: Refuse) -> Record:
    metadata = record.get("metadata") or {}
    custom = (metadata.get("custom") or metadata) if isinstance(metadata, dict) else None
    if not isinstance(custom, dict):
        refuse("metadata", "the metadata are no object")
        return {}
    return {name: text_of(custom[name]) for name in KEPT_METADATA if custom.get(name) is not None}


def _macro_of(children: Any) -> str | None:
    for child in children:
        if kind_of(child) in ("AgentMacroReference", "MacroReference"):
            macro_id = child.get("macro_id")
            return str(macro_id) if macro_id is not None else None
    return None


def _changes(child: Record, kind: str, border: Border, at: str | None) -> Iterator[Record]:
    channel, rel, _, _ = via_parts(child.get("via"))
    head: Record = {"id": str(child.get("id")), "type": kind}
    if channel:
        head["via"] = channel
    if rel:
        head["rel"] = rel
    if kind in ("Create", "Change"):
        for field, value, previous in _fields(child):
            yield from _field_change(head, field, value, previous, border, at)
    elif kind in REFERENCES:
        kept = {
            RENAMED.get(name, name): text_of(child[name])
            for name in REFERENCES[kind]
            if child.get(name) is not None
        }
        yield head | kept
    elif kind not in ("Notification", "NotificationWithCcs", "Cc"):
        yield head


def _fields(child: Record) -> Iterator[tuple[str, Any, Any]]:
    """Field, new value and old value, in whichever of the two spellings the child uses."""
    if "field_name" in child:
        yield str(child["field_name"]), child.get("value"), child.get("previous_value")
        return
    for field in SCALAR_FIELDS:
        if field in child:
            yield field, child[field], child.get("previous_value")
    if "tags" in child or "added_tags" in child or "removed_tags" in child:
        yield "tags", child, child.get("previous_value")
    for name in CUSTOM_FIELDS:
        values = child.get(name)
        if isinstance(values, dict):
            for field_id, value in values.items():
                previous = child.get("previous_value")
                if isinstance(previous, dict):
                    previous = previous.get(field_id)
                yield str(field_id), value, previous


def _field_change(
    head: Record, field: str, value: Any, previous: Any, border: Border, at: str | None
) -> Iterator[Record]:
    if field == "tags":
        added, removed = _tag_difference(value, previous)
        for name, tags in (("tag_added", added), ("tag_removed", removed)):
            for tag in tags:
                yield head | {"field": name, "value": str(tag)}
        return
    if field in SCALAR_FIELDS:
        if field == "assignee_id":
            for holder in (value, previous):
                if str(holder or "").isdigit():
                    border.meet_staff(int(holder), "assignee", at)
        name = field
    elif field in border.roles:
        name = border.roles[field]
    else:
        return
    entry = head | {"field": name}
    if value not in (None, ""):
        entry["value"] = text_of(value)
    if previous not in (None, ""):
        entry["previous"] = text_of(previous)
    yield entry


def _tag_difference(value: Any, previous: Any) -> tuple[list[Any], list[Any]]:
    if isinstance(value, dict):
        if "added_tags" in value or "removed_tags" in value:
            return list(value.get("added_tags") or ()), list(value.get("removed_tags") or ())
        value, previous = value.get("tags"), value.get("previous_value")
    now = value.split() if isinstance(value, str) else list(value or ())
    before = previous.split() if isinstance(previous, str) else list(previous or ())
    return [tag for tag in now if tag not in before], [tag for tag in before if tag not in now]
