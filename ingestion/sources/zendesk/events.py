"""Audits of the event export, as rows of ``ticket_events`` with two JSON lists: changes and comments.

The export spells a change with the field as key (``{"status": "solved", "previous_value": "open"}``), the audit
endpoints with ``field_name`` and ``value``; both become ``{id, type, field, value, previous}``. A change of tags
becomes one entry a tag, so that the warehouse unnests once. Unknown event types keep id and type only: the vendor
adds types at any time.

https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ingestion.readable import UNREADABLE
from ingestion.sources.zendesk.border import Border
from ingestion.sources.zendesk.changes import changes_of
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

DELETED = "deleted"
EFFECTS = {"CommentRedactionEvent": DELETED, "Error": "failed"}
"""What an event does to an earlier comment."""
EVENTS = "ticket_events"
CHILDREN = "child_events"

Refuse = Callable[[str, str, str], None]
"""Told of each part that cannot be read: the canonical table it was for, the vendor's name of the part, and why."""


def _nobody(_: str, __: str, ___: str) -> None:
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
        ticket_id=record["ticket_id"],
    )
    changes, comments = _told(children, border, audit, refuse)
    effects = _effects(changes)
    if border.texts is not None:
        for one in effects:
            if one["effect"] == DELETED:
                border.texts.blacked_out(one["comment_id"])
    merged = (one.get("to_ticket") for one in comments if one.get("rel") == "merge")
    merged_into = (to_ticket if rel == "merge" else None) or next(filter(None, merged), None)
    statuses = [change.get("value") for change in changes if change.get("field") == "status"]
    reasons = (one["value"] for one in changes if one.get("field") == "tag_added")
    reason = next((tag for tag in reasons if tag in REASON_TAGS), None)
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
        any(kind_of(child) == "Create" for child in children),
        merged_into if merged_into != record.get("ticket_id") else None,
    )


def _told(
    children: list[Record], border: Border, audit: Audit, refuse: Refuse
) -> tuple[list[Record], list[Record]]:
    """Changes and comments of the child events; one that cannot be read goes to ``refuse``."""
    changes: list[Record] = []
    comments: list[Record] = []
    for child in children:
        kind = kind_of(child)
        table = "messages" if is_comment(child) else EVENTS
        try:
            if is_comment(child) or (is_echo(child) and not audit.has_comment):
                comment = comment_of(child, border, audit)
                comments += [comment] if comment is not None else []
            else:
                changes += list(changes_of(child, kind, border, audit.created_at))
        except NoIdentityError:
            refuse(table, f"{CHILDREN}.id", f"a child event of type {kind} has no id")
        except UNREADABLE:
            refuse(table, CHILDREN, f"a child event of type {kind} has another form than published")
    return changes, comments


def _effects(changes: list[Record]) -> list[Record]:
    """What the audit did to earlier comments."""
    return [
        {"comment_id": change["comment_id"], "effect": EFFECTS[change["type"]]}
        for change in changes
        if change["type"] in EFFECTS and "comment_id" in change
    ]


def _objects(record: Record, refuse: Refuse) -> list[Record]:
    """The child events that are objects."""
    children = record.get("child_events") or record.get("events") or ()
    if not isinstance(children, list | tuple):
        refuse(EVENTS, CHILDREN, "the child events are no list")
        return []
    for child in children:
        if not isinstance(child, dict):
            what = "null" if child is None else f"a {type(child).__name__}"
            refuse(EVENTS, CHILDREN, f"a child event is {what} instead of an object")
    return [child for child in children if isinstance(child, dict)]


def _metadata(record: Record, refuse: Refuse) -> Record:
    metadata = record.get("metadata") or {}
    custom = (metadata.get("custom") or metadata) if isinstance(metadata, dict) else None
    if not isinstance(custom, dict):
        refuse(EVENTS, "metadata", "the metadata are no object")
        return {}
    return {name: text_of(custom[name]) for name in KEPT_METADATA if custom.get(name) is not None}


def _macro_of(children: Any) -> str | None:
    for child in children:
        if kind_of(child) in ("AgentMacroReference", "MacroReference"):
            macro_id = child.get("macro_id")
            return str(macro_id) if macro_id is not None else None
    return None
