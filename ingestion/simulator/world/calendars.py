"""Working calendars of the seller: opening hours in IANA zones, public holidays, and open seconds between instants."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class WorkCalendar:
    """Opening hours: ``hours`` maps ISO weekday (1 = Monday) to (opens, closes) in minutes of the local day."""

    calendar_id: str
    name: str
    zone: str
    schedule_id: int
    hours: dict[int, tuple[int, int]]
    holidays: Callable[[int], dict[date, str]]


def _italy(year: int) -> dict[date, str]:
    sunday = easter(year, EASTER_WESTERN)
    return {
        date(year, 1, 1): "Capodanno",
        date(year, 1, 6): "Epifania",
        sunday + timedelta(days=1): "Lunedì dell'Angelo",
        date(year, 4, 25): "Liberazione",
        date(year, 5, 1): "Festa del lavoro",
        date(year, 6, 2): "Festa della Repubblica",
        date(year, 8, 15): "Ferragosto",
        date(year, 11, 1): "Ognissanti",
        date(year, 12, 8): "Immacolata",
        date(year, 12, 25): "Natale",
        date(year, 12, 26): "Santo Stefano",
    }


def _romania(year: int) -> dict[date, str]:
    sunday = easter(year, EASTER_ORTHODOX)
    return {
        date(year, 1, 1): "Anul Nou",
        date(year, 1, 24): "Unirea Principatelor",
        sunday - timedelta(days=2): "Vinerea Mare",
        sunday + timedelta(days=1): "Paște",
        date(year, 5, 1): "Ziua Muncii",
        date(year, 6, 1): "Ziua Copilului",
        date(year, 8, 15): "Adormirea Maicii Domnului",
        date(year, 11, 30): "Sfântul Andrei",
        date(year, 12, 1): "Ziua Națională",
        date(year, 12, 25): "Crăciunul",
        date(year, 12, 26): "Crăciunul",
    }


def _ireland(year: int) -> dict[date, str]:
    def first_monday(month: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=-first.weekday() % 7)

    last = date(year, 10, 31)
    return {
        date(year, 1, 1): "New Year's Day",
        first_monday(2): "St Brigid's Day",
        date(year, 3, 17): "St Patrick's Day",
        easter(year, EASTER_WESTERN) + timedelta(days=1): "Easter Monday",
        first_monday(5): "May Day",
        first_monday(6): "June Holiday",
        first_monday(8): "August Holiday",
        last - timedelta(days=last.weekday()): "October Holiday",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "St Stephen's Day",
    }


_ROME_HOURS = {day: (540, 1080) for day in range(1, 6)} | {6: (540, 780)}
_BUCHAREST_HOURS = {day: (480, 1320) for day in range(1, 7)} | {7: (600, 1080)}
_DUBLIN_HOURS = {day: (540, 1050) for day in range(1, 6)}

CALENDARS: tuple[WorkCalendar, ...] = (
    WorkCalendar("rome_office", "Office Rome", "Europe/Rome", 4101, _ROME_HOURS, _italy),
    WorkCalendar(
        "bucharest_extended",
        "Service centre Bucharest",
        "Europe/Bucharest",
        4102,
        _BUCHAREST_HOURS,
        _romania,
    ),
    WorkCalendar("dublin_office", "Office Dublin", "Europe/Dublin", 4103, _DUBLIN_HOURS, _ireland),
)
CALENDAR_BY_ID = {calendar.calendar_id: calendar for calendar in CALENDARS}


def epoch(instant: datetime) -> int:
    """Whole epoch seconds of an aware instant."""
    return int(instant.timestamp())


def local_epoch(day: date, minute: int, zone: ZoneInfo) -> int:
    """Epoch seconds of a local wall-clock minute of ``day`` (1440 = midnight of the next day)."""
    extra, minute = divmod(minute, 1440)
    wall = datetime.combine(day + timedelta(days=extra), time(minute // 60, minute % 60), zone)
    return epoch(wall.astimezone(UTC))


class OpenWindows:
    """Disjoint open windows in order, with the seconds open before each: both directions in O(log n)."""

    __slots__ = ("before", "ends", "starts")

    def __init__(self, windows: Iterable[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = []
        total = 0
        for start, end in windows:
            self.starts.append(start)
            self.ends.append(end)
            self.before.append(total)
            total += end - start

    def elapsed(self, instant: int) -> int:
        """Open seconds before ``instant``."""
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        return self.before[index] + min(instant, self.ends[index]) - self.starts[index]

    def between(self, start: int, stop: int) -> int:
        """Open seconds in ``[start, stop)``."""
        return max(0, self.elapsed(stop) - self.elapsed(start))

    def is_open(self, instant: int) -> bool:
        """Whether a window contains ``instant``."""
        index = bisect_right(self.starts, instant) - 1
        return index >= 0 and instant < self.ends[index]

    def window_end(self, instant: int) -> int | None:
        """End of the window that contains ``instant``; None outside."""
        index = bisect_right(self.starts, instant) - 1
        return self.ends[index] if index >= 0 and instant < self.ends[index] else None

    def next_open(self, instant: int) -> int | None:
        """First open instant at or after ``instant``; None after the last window."""
        index = bisect_right(self.starts, instant) - 1
        if index >= 0 and instant < self.ends[index]:
            return instant
        return self.starts[index + 1] if index + 1 < len(self.starts) else None

    def advance(self, instant: int, seconds: int) -> int | None:
        """Instant at which ``seconds`` of open time have passed since ``instant``; None after the last window."""
        goal = self.elapsed(instant) + seconds
        index = bisect_right(self.before, goal) - 1
        if index < 0:
            return None
        if (
            index == len(self.before) - 1
            and goal > self.before[-1] + self.ends[-1] - self.starts[-1]
        ):
            return None
        return max(instant, self.starts[index] + goal - self.before[index])


def holidays_between(calendar: WorkCalendar, first: date, last: date) -> list[tuple[date, str]]:
    """Holidays of ``calendar`` from ``first`` to ``last``, both included, in order."""
    found: list[tuple[date, str]] = []
    for year in range(first.year, last.year + 1):
        found.extend(
            (day, label) for day, label in calendar.holidays(year).items() if first <= day <= last
        )
    return sorted(found)


def calendar_windows(calendar: WorkCalendar, first: date, last: date) -> OpenWindows:
    """Open windows of ``calendar`` from ``first`` to ``last``, holidays closed."""
    zone = ZoneInfo(calendar.zone)
    closed = {day for day, _ in holidays_between(calendar, first, last)}

    def windows() -> Iterable[tuple[int, int]]:
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            hours = calendar.hours.get(day.isoweekday())
            if hours is not None and day not in closed:
                yield local_epoch(day, hours[0], zone), local_epoch(day, hours[1], zone)

    return OpenWindows(windows())
