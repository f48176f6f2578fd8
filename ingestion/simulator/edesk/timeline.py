"""The timeline of a ticket: messages, notes, automatic answers and changes of status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingestion.simulator.world.people import BOT_ID, CONNECTOR_ID, SYSTEM_ID
from ingestion.simulator.world.texts import body_of, subject_of
from ingestion.simulator.world.tickets import Audit, Fact, Ticket
from ingestion.simulator.world.world import World

MESSAGES = frozenset({"Message", "ExternalMessage", "AutoReply", "AiAutoReplyHandsFree"})
"""Item types that are messages between the seller and the buyer."""


@dataclass(frozen=True)
class Item:
    """One timeline item; ``user`` is a member of staff, ``consumer`` the buyer."""

    item_id: int
    at: int
    kind: str
    direction: str
    body: str
    subject: str
    user: int | None = None
    consumer: int | None = None
    has_failed: bool = False

    @property
    def is_message(self) -> bool:
        """Whether it is a message of the conversation."""
        return self.kind in MESSAGES


def timeline(
    world: World, ticket: Ticket, known: Sequence[Audit], words: Sequence[tuple[Audit, str, str]]
) -> list[Item]:
    """Items of the audits that are known, in order of time.

    Args:
        world: whose people wrote.
        ticket: whose timeline it is.
        known: audits that the vendor shows by now.
        words: audits that changed the status word, with the old and the new one.
    """
    failed = {fact[1] for audit in known for fact in audit.facts if fact[0] == "error"}
    erased = {fact[1] for audit in known for fact in audit.facts if fact[0] == "redact"}
    items = [
        item
        for audit in known
        for item in _comments(world, ticket, audit, failed)
        if item[0] not in erased
    ]
    found = [item for _, item in items]
    for audit, old, new in words:
        staff = audit.author if audit.author in world.staff.by_id else None
        text = f"Status changed from {old} to {new}"
        found.append(Item(ticket.audit_id(audit), audit.at, "Status", "Other", text, "", staff))
    return sorted(found, key=lambda item: (item.at, item.item_id))


def _comments(
    world: World, ticket: Ticket, audit: Audit, failed: set[int]
) -> Iterator[tuple[int, Item]]:
    for place, fact in enumerate(audit.facts):
        if fact[0] == "comment":
            item_id = ticket.audit_id(audit) + 1 + place
            yield fact[1], _comment(world, ticket, audit, fact, item_id, fact[1] in failed)


def _comment(
    world: World, ticket: Ticket, audit: Audit, fact: Fact, item_id: int, has_failed: bool
) -> Item:
    _, _, author, is_public, text, _ = fact
    sent_at = int((audit.meta or {}).get("original_sent_at", audit.at))
    body, subject = body_of(text), subject_of(ticket.subject)
    staff = author if author in world.staff.by_id else None
    if not is_public:
        return Item(item_id, audit.at, "Note", "Other", body, "", staff)
    kinds = {
        BOT_ID: "AiAutoReplyHandsFree",
        SYSTEM_ID: "AutoReply",
        CONNECTOR_ID: "ExternalMessage",
    }
    if author in kinds:
        return Item(item_id, sent_at, kinds[author], "Outgoing", body, subject)
    if staff is not None:
        return Item(item_id, sent_at, "Message", "Outgoing", body, subject, staff, None, has_failed)
    return Item(item_id, sent_at, "Message", "Incoming", body, subject, None, author)
