"""Child events of an audit that change the ticket, in the one spelling of ``ticket_events.changes``.

The export spells a change with the field as key, the audit endpoints with ``field_name`` and ``value``; a change of
tags becomes one entry a tag. Event types that are not listed here keep id and type only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.sources.zendesk.border import Border
from ingestion.sources.zendesk.comments import NoIdentityError
from ingestion.sources.zendesk.tickets import Record, text_of, via_parts

SCALAR_FIELDS = ("status", "priority", "group_id", "assignee_id", "brand_id", "type")
"""Ticket properties whose changes are kept; subjects, requesters and descriptions are personal."""

CUSTOM_FIELDS = ("custom_ticket_fields", "custom_fields")
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

RENAMED = {"public": "is_public"}
"""Properties named by a reserved word of SQL."""


def changes_of(child: Record, kind: str, border: Border, at: str | None) -> Iterator[Record]:
    """The entries of one child event; none for notifications.

    Raises:
        NoIdentityError: a change has no id, so that it would be another event at every reading.
    """
    if child.get("id") is None and (kind in ("Create", "Change") or kind in REFERENCES):
        raise NoIdentityError
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
