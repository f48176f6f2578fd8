"""Business time by walking local dates (catalogue §3.2).

Every local date is turned into its open UTC windows on its own; seconds are summed window by window.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.oracle.world.canonical_rows import DAY, SECOND, Row, Tables, instant, moment

Window = tuple[int, int]
Piece = tuple[int, int | None, str | None]
"""A stretch of time ``[from, to)`` (to null = for ever) and the calendar in force (null = none)."""
_HORIZON_DAYS = 1500
ALWAYS = "(always)"
"""Around the clock: the calendar of a team that has none."""
ANY_TEAM = "(any team)"
"""When some team is at work: the calendar of a ticket that no team has."""


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def to_utc(day: date, clock: time, zone: str, *, closing: bool) -> int:
    """UTC instant of a local time.

    In a gap it moves forward by the gap; an ambiguous opening takes its first occurrence, an
    ambiguous closing its second.
    """
    naive = datetime.combine(day, clock)
    first = naive.replace(tzinfo=_zone(zone), fold=0)
    second = naive.replace(tzinfo=_zone(zone), fold=1)
    early, late = first.utcoffset(), second.utcoffset()
    if early is None or late is None:
        raise ValueError(f"zone {zone} gives no offset")
    is_ambiguous = early > late  # the clock goes back: the later reading has the smaller offset
    chosen = late if closing and is_ambiguous else early
    found = instant(naive)
    assert found is not None
    return found - int(chosen.total_seconds() * SECOND)


def local_date(at: int, zone: str) -> date:
    """The local calendar date of an instant."""
    return moment(at).astimezone(_zone(zone)).date()


@cache
def midnight(day: date, zone: str) -> int:
    """The instant at which a local date begins (24:00 of the day before)."""
    return to_utc(day, time(0), zone, closing=False)


def _clock(text: str) -> tuple[time, int]:
    """Local time and days to add (24:00 is midnight of the next date)."""
    parts = [int(part) for part in text.split(":")]
    hour, minute, second = [*parts, 0, 0][:3]
    return (time(0), 1) if hour == 24 else (time(hour, minute, second), 0)


class Calendars:
    """The business calendars of one tenant."""

    def __init__(self, tables: Tables, tenant: str) -> None:
        """Index hours and exceptions by calendar; rows of the tenant only."""
        self.zones = {
            row["calendar_id"]: row["tz"]
            for row in tables["business_calendars"]
            if row["tenant_id"] == tenant
        }
        zones = [row["reporting_tz"] for row in tables["tenants"] if row["tenant_id"] == tenant]
        self.zones |= dict.fromkeys((ALWAYS, ANY_TEAM), zones[0] if zones else "UTC")
        teams = [row for row in tables["teams"] if row["tenant_id"] == tenant]
        worked = {row["calendar_id"] or ALWAYS for row in teams} or {ALWAYS}
        self._worked = sorted(worked & self.zones.keys())
        self._hours: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in tables["calendar_hours"]:
            if row["tenant_id"] == tenant:
                self._hours[row["calendar_id"], row["weekday"]].append(row)
        self._exceptions: dict[tuple[str, date], list[Row]] = defaultdict(list)
        for row in tables["calendar_exceptions"]:
            if row["tenant_id"] == tenant:
                self._exceptions[row["calendar_id"], row["date"]].append(row)
        self._days: dict[tuple[str, date], list[Window]] = {}

    def day_windows(self, calendar: str, day: date) -> list[Window]:
        """Open UTC windows of the shifts that open on this local date."""
        if calendar == ANY_TEAM:
            return [found for member in self._worked for found in self.day_windows(member, day)]
        key = (calendar, day)
        if key not in self._days:
            zone = self.zones[calendar]
            windows = []
            for opens, closes in self._shifts(calendar, day):
                opening, _ = _clock(opens)
                closing, add = _clock(closes)
                if not add and closing <= opening:
                    add = 1
                start = to_utc(day, opening, zone, closing=False)
                stop = to_utc(day + timedelta(days=add), closing, zone, closing=True)
                if stop > start:
                    windows.append((start, stop))
            self._days[key] = windows
        return self._days[key]

    def _shifts(self, calendar: str, day: date) -> list[tuple[str, str]]:
        if calendar == ALWAYS:
            return [("00:00", "24:00")]
        regular = [
            (row["opens"], row["closes"])
            for row in self._hours[calendar, day.isoweekday()]
            if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
        ]
        exceptions = self._exceptions.get((calendar, day))
        if not exceptions:
            return regular
        shifts: list[tuple[str, str]] = []
        for row in exceptions:
            if row["is_open"]:
                shifts.append((row["opens"] or "00:00", row["closes"] or "24:00"))
        return shifts

    def windows(self, calendar: str, start: int, stop: int) -> list[Window]:
        """Open windows inside ``[start, stop)``, overlapping shifts united."""
        if stop <= start:
            return []
        if calendar == ALWAYS:
            return [(start, stop)]
        if calendar == ANY_TEAM:
            members = [found for name in self._worked for found in self.windows(name, start, stop)]
            return _united(members, start, stop)
        zone = self.zones[calendar]
        day = local_date(start, zone) - timedelta(days=2)
        last = local_date(stop, zone)
        found: list[Window] = []
        while day <= last:
            found += self.day_windows(calendar, day)
            day += timedelta(days=1)
        return _united(found, start, stop)

    def open_microseconds(self, pieces: list[Piece], start: int, stop: int) -> int | None:
        """Open time of ``[start, stop)`` in the calendar in force at each instant; null when none ever was."""
        total, known = 0, False
        for low, high, calendar in _clipped(pieces, start, stop):
            if calendar in self.zones:
                known = True
                total += sum(b - a for a, b in self.windows(calendar, low, high))
        return total if known else None

    def due(self, pieces: list[Piece], start: int, seconds: int) -> int | None:
        """First instant at which the open time since ``start`` reaches ``seconds``; null if never."""
        missing = seconds * SECOND
        for low, high, calendar in _clipped(pieces, start, None):
            if calendar not in self.zones:
                continue
            end = high if high is not None else low + _HORIZON_DAYS * DAY
            at = low
            while at < end:
                until = min(at + 7 * DAY, end)
                for a, b in self.windows(calendar, at, until):
                    if b - a >= missing:
                        return a + missing
                    missing -= b - a
                at = until
        return None

    def business_day_due(self, calendar: str, start: int, days: int) -> int | None:
        """24:00 local of the N-th open local day after the opening date (day 0)."""
        zone = self.zones.get(calendar)
        if zone is None:
            return None
        day, found = local_date(start, zone), 0
        for _ in range(_HORIZON_DAYS):
            day += timedelta(days=1)
            if self.day_windows(calendar, day):
                found += 1
                if found == days:
                    return midnight(day + timedelta(days=1), zone)
        return None


def _united(windows: list[Window], start: int, stop: int) -> list[Window]:
    result: list[Window] = []
    for a, b in sorted(windows):
        a, b = max(a, start), min(b, stop)
        if a >= b:
            continue
        if result and a <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], b))
        else:
            result.append((a, b))
    return result


def _clipped(
    pieces: list[Piece], start: int, stop: int | None
) -> list[tuple[int, int | None, str]]:
    result = []
    for low, high, calendar in pieces:
        low = max(low, start)
        if stop is not None:
            high = stop if high is None else min(high, stop)
        if calendar is not None and (high is None or low < high):
            result.append((low, high, calendar))
    return result
