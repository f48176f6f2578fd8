"""Hours in which a recipient is left alone, by the clock on his wall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_SPAN = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$")
_MINUTE = timedelta(minutes=1)
_LONGEST = timedelta(days=2)


@dataclass(frozen=True)
class QuietHours:
    """From ``start`` to before ``end`` every day; past midnight where ``end`` is not later than ``start``."""

    start: time
    end: time

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether it is quiet at an instant (aware).

        The wall clock decides: an hour that a change of clocks repeats is quiet twice, one that it leaves out never is.
        """
        local = at.astimezone(zone).time()
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def until(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first minute from an instant (aware) on at which it is not quiet any more."""
        found = at
        if self.holds(at, zone):
            found = at.replace(second=0, microsecond=0) + _MINUTE
        while self.holds(found, zone) and found - at < _LONGEST:
            found += _MINUTE
        return found


def parse_quiet_hours(text: object) -> QuietHours:
    """Quiet hours of a text such as ``22:00-07:00``.

    Raises:
        ValueError: it is no span, or one without length.
    """
    match = _SPAN.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is no span of hours; write it like 22:00-07:00")
    start = time(int(match[1]), int(match[2]))
    end = time(int(match[3]), int(match[4]))
    if start == end:
        raise ValueError(f"{text!r} begins when it ends; leave it out to be told at any hour")
    return QuietHours(start, end)
