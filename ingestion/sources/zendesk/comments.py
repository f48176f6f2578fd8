"""Which child events of an audit are comments, and what of them passes the privacy border.

A written comment is a ``Comment``; calls and social channels have types of their own (``VoiceComment``,
``FacebookComment`` …), and the vendor may add more: whatever ends in ``Comment`` is one. A ``Tweet`` or
``FacebookEvent`` says that a comment was posted there, so it is a comment only where the audit shows no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.sources.zendesk.border import Border, left_of
from ingestion.sources.zendesk.tickets import Record, via_parts

WRITTEN = "comment"
ECHOES = frozenset({"tweet", "facebookevent"})
NOT_COMMENTS = frozenset(
    {
        "create",
        "change",
        "notification",
        "notificationwithccs",
        "cc",
        "error",
        "agentmacroreference",
        "macroreference",
        "attachmentredactionevent",
        "satisfactionrating",
        "surveyoffered",
        "surveyresponsesubmitted",
    }
)
"""Known types that are no comment whatever their ``type`` says: there it may be a property of the ticket."""

_QUEUED = ("queue_entered_at", "queued_at", "call_queued_at")
_STARTED = ("started_at", "call_started_at")
_ANSWERED = ("answered_at", "call_answered_at")
_ENDED = ("ended_at", "call_ended_at", "completed_at")
_ANSWERED_BY = ("answered_by_id", "answered_by_name", "agent_id")
_WAITED = ("wait_time", "queue_time")
_SECONDS = ("call_duration", "duration")


class NoIdentityError(ValueError):
    """A child event without an id: nothing later could find it, and read again it would be another one."""


@dataclass(frozen=True)
class Audit:
    """What a comment takes from its audit."""

    created_at: str | None
    updater_id: Any
    via: str | None
    metadata: Record
    macro_id: str | None
    has_comment: bool
    ticket_id: Any = None


def kind_of(child: Record) -> str:
    """The vendor's name of a child event's type."""
    return str(child.get("event_type") or child.get("type"))


def is_comment(child: Record) -> bool:
    """Whether somebody said something here, by ``event_type`` or, where that is no other known type, by ``type``."""
    return _comment_type(child) is not None


def is_echo(child: Record) -> bool:
    """Whether the child only says that a comment was posted on a social channel."""
    return _plain(kind_of(child)) in ECHOES


def _plain(word: Any) -> str:
    return str(word or "").replace("_", "").replace(" ", "").lower()


def _comment_type(child: Record) -> str | None:
    """Type of a comment, lower case; the more telling one of the two spellings."""
    event_type, own_type = _plain(child.get("event_type")), _plain(child.get("type"))
    is_about_one = WRITTEN in event_type and not event_type.endswith(WRITTEN)
    if event_type in NOT_COMMENTS or is_about_one:  # such as a redaction or a change of privacy
        return None
    found = {one for one in (event_type, own_type) if one.endswith(WRITTEN)}
    return max(found, key=lambda one: (one != WRITTEN, one), default=None)


def comment_of(child: Record, border: Border, audit: Audit) -> Record | None:
    """A comment without its text; None when the export only says that there was one.

    Raises:
        NoIdentityError: it has no id.
    """
    kind = _comment_type(child) or _plain(kind_of(child))
    is_written = kind == WRITTEN
    if is_written and child.get("public") is None and "author_id" not in child:
        return None
    if child.get("id") is None or isinstance(child["id"], bool | dict | list):
        raise NoIdentityError
    channel, rel, from_ticket, to_ticket = via_parts(child.get("via"))
    said = child.get("plain_body") or child.get("body")
    text = said if isinstance(said, str) else None
    digest, chars, thanks = border.body(text)
    is_public = _is_public(child, is_written)
    metadata = child.get("metadata")
    created_at = child.get("created_at")
    if created_at is not None and _instant(created_at) is None:
        raise ValueError("created_at names no instant")
    author_id = child.get("author_id")
    if author_id is None and not is_written:
        author_id = audit.updater_id
    comment: Record = {
        "id": str(child["id"]),
        "is_public": is_public,
        "author": border.ref(author_id),
        "created_at": created_at if created_at != audit.created_at else None,
        "sent_at": (metadata.get("original_sent_at") if isinstance(metadata, dict) else None)
        or audit.metadata.get("original_sent_at"),
        "via": channel or (None if is_written else audit.via),
        "rel": rel,
        "from_ticket": from_ticket,
        "to_ticket": to_ticket,
        "macro_id": audit.macro_id,
        "body_hash": digest,
        "body_chars": chars,
        "is_thanks": thanks,
        "no_reply_needed": audit.metadata.get("no_reply_needed") == "true",
        "is_solution": audit.metadata.get("is_solution") == "true" and is_public,
        "attachments": len(child.get("attachments") or ()),
    }
    if not is_written:
        comment |= {"type": kind, "is_direct": child.get("direct_message") is True}
    if "voice" in kind:
        comment |= call_instants(child.get("data"))
    if border.texts is not None:
        shown_at = _instant(created_at) or _instant(audit.created_at)
        border.texts.take(audit.ticket_id, comment, left_of(text), shown_at)
    return {name: value for name, value in comment.items() if value not in (None, False, 0)} | {
        "is_public": is_public
    }


def _is_public(child: Record, is_written: bool) -> bool:
    """Whether the customer sees it: as the vendor says; a call or a post about which nothing is said was public."""
    said = child.get("public", child.get("comment_public"))
    if said is None:
        return not is_written
    return said.strip().lower() == "true" if isinstance(said, str) else bool(said)


def call_instants(data: Any) -> Record:
    """Instants of a call as far as the payload has them, ISO-8601 UTC; none for data of another form.

    The vendor gives the start, the seconds until the end and who answered. The caller waits from the start unless the
    payload says when the call was queued; without an answering instant or a waiting time an answered call counts as
    answered at its start, and one that nobody answered as given up at its end.
    """
    if not isinstance(data, dict):
        return {}
    started = _instant(_first(data, _STARTED))
    ended = _instant(_first(data, _ENDED)) or _after(started, _first(data, _SECONDS))
    answered = _instant(_first(data, _ANSWERED))
    if answered is None and _first(data, _ANSWERED_BY) is not None:
        answered = _after(started, _first(data, _WAITED)) or started
    found = {"queued_at": _instant(_first(data, _QUEUED)) or started, "answered_at": answered}
    found["abandoned_at" if answered is None else "ended_at"] = ended
    return {
        f"call_{name}": f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in found.items() if at is not None
    }


def _first(data: Record, names: tuple[str, ...]) -> Any:
    return next((data[name] for name in names if data.get(name) not in (None, "")), None)


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _after(start: datetime | None, value: Any) -> datetime | None:
    """The instant so many seconds after a start; None without either, or for more than a day."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return start + timedelta(seconds=seconds) if start and 0 <= seconds < 86_400 else None
