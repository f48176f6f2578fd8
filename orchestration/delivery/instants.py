"""Instants as the outbox writes them: UTC text that sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def to_text(instant: datetime) -> str:
    """An instant (aware) as text."""
    return instant.astimezone(UTC).strftime(_FORMAT)


def from_text(text: str) -> datetime:
    """The instant of a text, aware."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
