"""Texts of a mailbox for the store of texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingestion.texts.keeper import TextKeeper
from ingestion.texts.keeping import AGENT, CUSTOMER
from ingestion.texts.message import Message, utc_text

SYSTEM = "ebay_api"


@dataclass(frozen=True)
class MailTexts:
    """Where the texts of a tenant's mailboxes go."""

    keeper: TextKeeper
    tenant_id: str

    def take(
        self, conversation_id: str, message: dict[str, Any], is_from_seller: bool, buyer: str | None
    ) -> None:
        """The text of a message as it goes to the warehouse; ``buyer`` is the keyed hash of who wrote to the seller."""
        sent = message.get("createdDate")
        if not self.keeper.is_on or message.get("messageId") is None or not isinstance(sent, str):
            return
        try:
            instant = datetime.fromisoformat(sent)
        except ValueError:
            return  # its row is refused by the type of its column
        whose = Message(
            self.tenant_id,
            SYSTEM,
            str(message["messageId"]),
            str(conversation_id),
            AGENT if is_from_seller else CUSTOMER,
            utc_text(instant if instant.tzinfo else instant.replace(tzinfo=UTC)),
            buyer,
        )
        self.keeper.keep(whose, message.get("messageBody"))
