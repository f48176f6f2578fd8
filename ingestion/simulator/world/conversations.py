"""Buyer conversations of a marketplace mailbox, as the support world hands them to an adapter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class ConversationMessage:
    """One message; ``from_buyer`` is False for the seller account, whoever typed it."""

    message_id: str
    sent_at: datetime
    from_buyer: bool
    body: str
    is_read: bool = True


@dataclass(slots=True)
class Conversation:
    """One thread between a buyer and the seller account.

    ``status`` is ACTIVE, ARCHIVE or DELETE; ``messages`` are in order of ``sent_at`` and never empty.
    """

    conversation_id: str
    account_id: str
    buyer_id: str
    order_id: str | None
    title: str
    status: str
    created_at: datetime
    messages: tuple[ConversationMessage, ...]
