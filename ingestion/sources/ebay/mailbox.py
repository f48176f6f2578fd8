"""Conversations and messages of the seller's mailbox. Bodies, titles and user names end here.

A thread is read again when its latest message or its state differs from what the warehouse holds. The vendor names no
person on the seller's side, only the account.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from ingestion.forgotten import SUPPRESSED
from ingestion.privacy import Pseudonymiser, is_thanks
from ingestion.sources.ebay.client import EbayClient
from ingestion.sources.ebay.orders import ORDERS, instant_text
from ingestion.sources.ebay.texts import MailTexts
from ingestion.unchanged import Row

logger = logging.getLogger(__name__)

CONVERSATIONS = "/commerce/message/v1/conversation"
PAGE = 50
MEMBERS = {"conversation_type": "FROM_MEMBERS"}


class Mailbox:
    """The mailbox of one account."""

    def __init__(
        self,
        client: EbayClient,
        pseudonymiser: Pseudonymiser,
        seller_username: str | None = None,
        is_forgotten: Callable[[str], bool] = lambda _: False,
        texts: MailTexts | None = None,
    ) -> None:
        """``is_forgotten`` says of a buyer's user name whether its rows are refused; ``texts`` keeps texts, if any."""
        self._texts = texts
        self._is_forgotten = is_forgotten
        self._client = client
        self._pseudonymiser = pseudonymiser
        self._seller = seller_username

    def seller_username(self) -> str | None:
        """The account's user name: as configured, else as the newest order states it; None without orders."""
        if self._seller is None:
            document = self._client.get(ORDERS, {"limit": 1})
            orders = document.get("orders") or [{}]
            self._seller = orders[0].get("sellerId")
        return self._seller

    def conversation_pages(self, since: datetime) -> Iterator[list[Row]]:
        """Threads with a message since an instant."""
        params = {**MEMBERS, "start_time": instant_text(since)}
        for document in self._client.pages(CONVERSATIONS, params, PAGE):
            threads = document.get("conversations") or []
            if threads and self.seller_username() is None:
                logger.warning(
                    "ebay %s: the seller's user name is unknown, so its mailbox is skipped; set"
                    " SOURCES__EBAY__SELLER_USERNAMES",
                    self._client.account_id,
                )
                return
            yield [self._conversation_row(one) for one in threads]

    def message_rows(self, conversation_id: str) -> Iterator[list[Row]]:
        """All messages of a thread."""
        path = f"{CONVERSATIONS}/{conversation_id}"
        for document in self._client.pages(path, MEMBERS, PAGE):
            yield [
                self._message_row(conversation_id, one) for one in document.get("messages") or ()
            ]

    def _conversation_row(self, thread: dict[str, Any]) -> Row:
        latest = thread.get("latestMessage") or {}
        parties = (latest.get("senderUsername"), latest.get("recipientUsername"))
        buyer = next((one for one in parties if one and one != self._seller), None)
        is_suppressed = buyer is not None and self._is_forgotten(buyer)
        ref = SUPPRESSED if is_suppressed else self._pseudonymiser.customer_ref("ebay", buyer)
        return {
            "conversation_id": thread.get("conversationId"),
            "seller_account": self._client.account_id,
            "conversation_status": thread.get("conversationStatus"),
            "created_date": thread.get("createdDate"),
            "customer_ref": ref,
            "subject_hash": self._pseudonymiser.body_fingerprint(thread.get("conversationTitle"))[
                0
            ],
            "latest_message_id": latest.get("messageId"),
            "latest_message_date": latest.get("createdDate"),
        }

    def _message_row(self, conversation_id: str, message: dict[str, Any]) -> Row:
        body_hash, body_chars = self._pseudonymiser.body_fingerprint(message.get("messageBody"))
        self._keep_text(conversation_id, message)
        return {
            "message_id": message.get("messageId"),
            "conversation_id": conversation_id,
            "seller_account": self._client.account_id,
            "created_date": message.get("createdDate"),
            "is_from_seller": message.get("senderUsername") == self._seller,
            "body_hash": body_hash,
            "body_chars": body_chars,
            "is_thanks": is_thanks(message.get("messageBody")),
        }

    def _keep_text(self, conversation_id: str, message: dict[str, Any]) -> None:
        sender = message.get("senderUsername")
        if self._texts is None or (sender is not None and self._is_forgotten(sender)):
            return
        buyer = None if sender == self._seller else self._pseudonymiser.customer_ref("ebay", sender)
        self._texts.take(conversation_id, message, sender == self._seller, buyer)
