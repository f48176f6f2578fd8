"""The vendors' clock: pinned by the options, else the real one; and instants as vendors write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def clock_of(as_of: datetime | None) -> Clock:
    """A clock standing at ``as_of``, or the real clock when it is None."""
    if as_of is None:
        return lambda: datetime.now(UTC)
    return lambda: as_of


def iso_z(seconds: int) -> str:
    """Epoch seconds as ``2026-03-29T01:00:00Z``."""
    # several times as fast as strftime, and written millions of times for a large world
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"
