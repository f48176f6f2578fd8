"""The same conversations as a marketplace's own mailbox shows them: buyer and seller account, no people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ingestion.simulator.world.buyers import Buyers
from ingestion.simulator.world.conversations import Conversation, ConversationMessage
from ingestion.simulator.world.texts import body_of, subject_of
from ingestion.simulator.world.tickets import Ticket

_NOT_SENT = frozenset({"auto", "merge_root", "merge_secondary"})


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def conversations_of(
    account_id: str, tickets: Iterable[Ticket], buyers: Buyers, at: int
) -> list[Conversation]:
    """Conversations of ``account_id`` with what was sent until ``at`` (epoch seconds), oldest first."""
    found: list[Conversation] = []
    for ticket in tickets:
        if ticket.account_id != account_id or ticket.created > at:
            continue
        conversation = _conversation(account_id, ticket, buyers, at)
        if conversation is not None:
            found.append(conversation)
    found.sort(key=lambda entry: (entry.created_at, entry.conversation_id))
    return found


def _conversation(account_id: str, ticket: Ticket, buyers: Buyers, at: int) -> Conversation | None:
    user = buyers.by_id.get(ticket.requester_id)
    if user is None:
        return None
    messages: list[ConversationMessage] = []
    closed = False
    for audit in ticket.audits:
        if audit.at > at:
            break
        for fact in audit.facts:
            if fact[0] == "set" and fact[1] == "status":
                closed = fact[2] == "closed"
            if fact[0] != "comment" or not fact[3] or fact[4][0] in _NOT_SENT:
                continue
            sent = (audit.meta or {}).get("original_sent_at", audit.at)
            messages.append(
                ConversationMessage(
                    message_id=str(ticket.audit_id(audit) + 1),
                    sent_at=_instant(sent),
                    from_buyer=fact[2] == ticket.requester_id,
                    body=body_of(fact[4]),
                )
            )
    if not messages:
        return None
    messages.sort(key=lambda message: (message.sent_at, message.message_id))
    return Conversation(
        conversation_id=str(ticket.ticket_id),
        account_id=account_id,
        buyer_id=user.buyer_id,
        order_id=ticket.order_id,
        title=subject_of(ticket.subject),
        status="ARCHIVE" if closed else "ACTIVE",
        created_at=messages[0].sent_at,
        messages=tuple(messages),
    )
