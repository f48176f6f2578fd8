"""The seller's mailbox as the Message API shows it: threads and messages by user name, never a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ingestion.simulator.ebay.orders import instant_text
from ingestion.simulator.world.commerce_accounts import BY_ID
from ingestion.simulator.world.conversations import Conversation, ConversationMessage

JsonObject = dict[str, Any]


def seller_name(account_id: str) -> str:
    """The seller's user name on a site."""
    return f"deskhouse_{BY_ID[account_id].country.lower()}"


def render_message(thread: Conversation, message: ConversationMessage) -> JsonObject:
    """One message."""
    seller = seller_name(thread.account_id)
    sender, recipient = (
        (thread.buyer_id, seller) if message.from_buyer else (seller, thread.buyer_id)
    )
    return {
        "messageId": message.message_id,
        "createdDate": instant_text(message.sent_at),
        "messageBody": message.body,
        "senderUsername": sender,
        "recipientUsername": recipient,
        "readStatus": message.is_read,
        "subject": thread.title,
        "messageMedia": [],
    }


def render_conversation(thread: Conversation) -> JsonObject:
    """One thread in the list, with its latest message; it refers to a listing at most, never to an order."""
    return {
        "conversationId": thread.conversation_id,
        "conversationStatus": thread.status,
        "conversationTitle": thread.title,
        "conversationType": "FROM_MEMBERS",
        "createdDate": instant_text(thread.created_at),
        "latestMessage": render_message(thread, thread.messages[-1]),
        "unreadCount": sum(one.from_buyer and not one.is_read for one in thread.messages),
    }


def in_range(
    threads: Sequence[Conversation], begin: datetime | None, end: datetime | None
) -> list[Conversation]:
    """Threads with a message in the range, newest first."""
    chosen = [
        thread
        for thread in threads
        if any(
            (begin is None or one.sent_at >= begin) and (end is None or one.sent_at < end)
            for one in thread.messages
        )
    ]
    return sorted(
        chosen, key=lambda one: (one.messages[-1].sent_at, one.conversation_id), reverse=True
    )
