"""What the outbox holds: drafts of messages, what they speak of, and messages with their fate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Told:
    """An episode that a message speaks of; ``kind`` is ``open``, ``ended`` or ``escalated``."""

    recipient: str
    kind: str
    episode: str
    tenant_id: str
    alert_id: str
    rule_id: str
    is_digest: bool
    at: datetime
    message_id: str = ""


@dataclass(frozen=True)
class Draft:
    """A message for one recipient by one way; ``subject`` tells it from all others of its recipient."""

    kind: str
    tenant_id: str
    subject: str
    recipient: str
    variable: str
    severity: str
    title: str
    body: str
    thread: str = ""
    attachments: tuple[Path, ...] = ()

    @property
    def message_id(self) -> str:
        """The same for the same message, however often it is planned."""
        parts = (self.kind, self.tenant_id, self.subject, self.recipient, self.variable)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Message:
    """A message as the outbox holds it; title and body are gone once it has left."""

    message_id: str
    kind: str
    tenant_id: str
    subject: str
    recipient: str
    variable: str
    severity: str
    title: str | None
    body: str | None
    attachments: tuple[Path, ...]
    thread: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    reason: str
