"""Whose text it is: what stands unencrypted beside a kept text, and by what it is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

Ticket = tuple[str, str, str]
"""Tenant, source system, id of a ticket."""
Identity = tuple[str, str, str]
"""Tenant, source system, id of a message."""


@dataclass(frozen=True)
class Message:
    """A message whose text is kept; ``buyer_ref`` is the keyed hash of a buyer who wrote it."""

    tenant_id: str
    source_system: str
    message_id: str
    ticket_id: str
    author_role: str
    sent_at: str
    buyer_ref: str | None = None

    @property
    def identity(self) -> Identity:
        """What the message is known by."""
        return self.tenant_id, self.source_system, self.message_id

    @property
    def ticket(self) -> Ticket:
        """The ticket it was written in."""
        return self.tenant_id, self.source_system, self.ticket_id


def utc_text(instant: datetime) -> str:
    """An instant as the store writes it, so that texts compare as instants do."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
