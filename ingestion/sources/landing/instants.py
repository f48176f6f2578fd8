"""Instants, dates and times of day as people and tools write them; what could mean two things is refused.

Spellings that are read, in any file: ISO-8601 with ``T`` or a blank, one-digit hours, ``Z``, ``UTC``, ``GMT``,
``+02:00``, ``+0200``, ``+02``; 24:00 as the next midnight; epoch seconds, milliseconds and microseconds; the format of
e-mail and of Twitter's archive (``Thu Oct 01 09:00:00 +0000 2026``). By setting of the file: day/month order, Excel
serials, and the zone of times that carry none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
_WIDEST = timedelta(hours=18)
_OUTSIDE = (
    "the instant lies outside the years 1900 to 9998; leave the cell empty where there is none"
)
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial is a wall-clock time
_EXCEL_SERIAL = re.compile(r"^\d{1,6}(\.\d{1,15})?$")
_EPOCH = re.compile(r"^(?P<digits>\d{10}|\d{13}|\d{16})(?P<part>\.\d{1,9})?$")
_ISO = re.compile(
    r"^(?P<year>\d{4})(?:(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})|(?P<month0>\d{2})(?P<day0>\d{2}))"
    r"(?:(?:T|\s+|(?<=\d{8})(?=\d{6}$))(?P<clock>\d{1,2}(?:[:.]?\d{2}){0,2}(?:[.,]\d{1,9})?)\s*(?P<zone>.*))?$",
    re.IGNORECASE,
)
_SLASHED = re.compile(
    r"^(?P<first>\d{1,2})[/.\-](?P<second>\d{1,2})[/.\-](?P<year>\d{4}|\d{2})"
    r"(?:,?[T\s]+(?P<clock>\d{1,2}(?:[:.]\d{2}){1,2}(?:[.,]\d{1,9})?)\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>.*))?$"
)
_WORDS = re.compile(
    r"^(?:[A-Za-z]{3},?\s+)?(?:(?P<day1>\d{1,2})\s+(?P<month1>[A-Za-z]{3})\s+(?P<year1>\d{4})\s+(?P<clock1>\d{1,2}:\d{2}(?::\d{2})?)"
    r"\s*(?P<zone1>[+-]\d{2}:?\d{2}|Z|UTC|GMT)?"
    r"|(?P<month2>[A-Za-z]{3})\s+(?P<day2>\d{1,2})\s+(?P<clock2>\d{1,2}:\d{2}(?::\d{2})?)\s+(?P<zone2>[+-]\d{2}:?\d{2}|Z|UTC|GMT)?"
    r"\s*(?P<year2>\d{4}))$"
)
_CLOCK = re.compile(
    r"^(?P<hour>\d{1,2})(?:(?P<mark>[:.]?)(?P<minute>\d{2})(?:(?P=mark)(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?)?$"
)
"""One mark throughout: 09.30 is half past nine; parts stand behind seconds only, so that it is never 9 and 0.3 s."""
_OFFSET = re.compile(r"^([+-])(\d{2})(?::?(\d{2}))?$")
_TIME_OF_DAY = re.compile(
    r"^(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2})(?:\.0+)?)?\s*([ap])?\.?(?:m\.?)?$", re.IGNORECASE
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}

DateOrder = Literal["dmy", "mdy"]


class BadValueError(ValueError):
    """A value that the contract refuses; the text is the reason, without the value."""


@dataclass(frozen=True)
class Reading:
    """An instant (UTC) and whether the text carried its own offset; ``is_day`` is a date without time of day."""

    instant: datetime
    has_offset: bool = True
    is_day: bool = False


@dataclass(frozen=True)
class Dialect:
    """How a file writes times: ``zone`` of those without one (null: UTC), day/month order, Excel serials."""

    zone: ZoneInfo | None = None
    date_order: DateOrder | None = None
    is_excel_serial: bool = False


def quick_instant(cell: object) -> datetime | None:
    """The instant of a cell in the commonest spelling (ISO-8601 with offset), else null: `read_instant` decides."""
    if not (
        isinstance(cell, str) and 20 <= len(cell) <= 32 and cell[10] in "T " and cell[7] == "-"
    ):
        return None
    try:
        parsed = datetime.fromisoformat(cell)
    except ValueError:
        return None
    offset = parsed.utcoffset()
    if offset is None or abs(offset) > _WIDEST or not 1900 < parsed.year < 9998:
        return None
    return parsed.astimezone(UTC)


def read_instant(text: str, dialect: Dialect) -> Reading:
    """One instant.

    Raises:
        BadValueError: the text is no instant, names an hour that the zone skips or has twice, or could mean two days.
    """
    if dialect.is_excel_serial and _EXCEL_SERIAL.match(text):
        seconds = round(Decimal(text) * 86400)
        return _placed(_EXCEL_EPOCH + timedelta(seconds=int(seconds)), None, dialect)
    epoch = _EPOCH.match(text)
    if epoch:
        return _bounded(Reading(_from_epoch(epoch["digits"], epoch["part"])))
    for pattern, reader in ((_ISO, _iso), (_SLASHED, _slashed), (_WORDS, _worded)):
        match = pattern.match(text)
        if match:
            return reader(match, dialect)
    if re.match(r"^\d{4}-?W\d", text, re.IGNORECASE):
        raise BadValueError(
            "an ISO week is no instant; write a day and a time, 2026-10-01T09:00:00Z"
        )
    if _EXCEL_SERIAL.match(text):
        raise BadValueError(
            "a bare number is no instant; if it is an Excel serial, name the column under excel_serials in landing.yml"
        )
    raise BadValueError("this is no ISO-8601 instant; write it like 2026-10-01T09:00:00Z")


def read_date(text: str, dialect: Dialect) -> date:
    """One calendar day; a time of day behind it is dropped, unless its offset could make it another day.

    Raises:
        BadValueError: the text is no day, or an instant that is two days depending on the zone.
    """
    if dialect.is_excel_serial and _EXCEL_SERIAL.match(text):
        return (_EXCEL_EPOCH + timedelta(days=int(Decimal(text)))).date()
    match = _ISO.match(text)
    if match:
        return _iso_day(match) if match["clock"] is None else _day_of_instant(match, dialect)
    slashed = _SLASHED.match(text)
    if slashed:
        return _ordered_day(slashed, dialect)
    raise BadValueError("this is no ISO-8601 date; write it like 2026-10-01")


def _day_of_instant(match: re.Match[str], dialect: Dialect) -> date:
    day = _iso_day(match)
    local = _at(day, match["clock"])
    if _offset(match["zone"]) is None or local == datetime.combine(day, time()):
        return day
    if dialect.zone is None:
        raise BadValueError(
            "an instant with an offset is two days, depending on the zone; write the day alone, or set time_zone in "
            "landing.yml"
        )
    return _placed(local, match["zone"], dialect).instant.astimezone(dialect.zone).date()


def read_clock(text: str) -> str:
    """A time of day as ``HH:MM`` (``HH:MM:SS`` where seconds are given): 9:00, 09:00:00, 9 AM, 6:00 p.m., 24:00."""
    match = _TIME_OF_DAY.match(text)
    if match is None or (match[2] is None and match[4] is None):
        raise BadValueError("this is no time of day; write it like 09:00 or 18:30")
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise BadValueError(
                "an hour before AM or PM lies between 1 and 12; write it like 18:00"
            )
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    if not (hour < 24 and minute < 60 and second < 60) and (hour, minute, second) != (24, 0, 0):
        raise BadValueError("a time of day lies between 00:00 and 24:00; write it like 18:30")
    return f"{hour:02d}:{minute:02d}" + (f":{second:02d}" if second else "")


def _from_epoch(digits: str, part: str | None) -> datetime:
    scale = {10: 1_000_000, 13: 1_000, 16: 1}[len(digits)]
    microseconds = int(Decimal(digits + (part or "")) * scale)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _iso(match: re.Match[str], dialect: Dialect) -> Reading:
    day = _iso_day(match)
    if match["clock"] is None:
        return _placed(datetime.combine(day, time()), None, dialect, is_day=True)
    return _placed(_at(day, match["clock"]), match["zone"], dialect)


def _iso_day(match: re.Match[str]) -> date:
    month, day = match["month"] or match["month0"], match["day"] or match["day0"]
    return _day(int(match["year"]), int(month), int(day))


def _slashed(match: re.Match[str], dialect: Dialect) -> Reading:
    day = _ordered_day(match, dialect)
    if match["clock"] is None:
        return _placed(datetime.combine(day, time()), None, dialect, is_day=True)
    clock = match["clock"]
    if match["half"]:
        hour = re.split(r"[:.]", clock)[0]
        clock = f"{_half_day(int(hour), match['half'])}{clock[len(hour) :]}"
    return _placed(_at(day, clock), match["zone"], dialect)


def _half_day(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise BadValueError("an hour before AM or PM lies between 1 and 12")
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _worded(match: re.Match[str], dialect: Dialect) -> Reading:
    which = "1" if match["day1"] else "2"
    month = _MONTHS.get(match[f"month{which}"].lower())
    if month is None:
        raise BadValueError("the month is no English month name; write 2026-10-01T09:00:00Z")
    day = _day(int(match[f"year{which}"]), month, int(match[f"day{which}"]))
    return _placed(_at(day, match[f"clock{which}"]), match[f"zone{which}"], dialect)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadValueError("this day does not exist in the calendar") from error


def _ordered_day(match: re.Match[str], dialect: Dialect) -> date:
    if dialect.date_order is None:
        raise BadValueError(
            "day and month could be either way round; write 2026-10-01, or set date_order: dmy (or mdy) in landing.yml"
        )
    first, second = int(match["first"]), int(match["second"])
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    day, month = (first, second) if dialect.date_order == "dmy" else (second, first)
    return _day(year, month, day)


def _at(day: date, clock: str) -> datetime:
    match = _CLOCK.match(clock)
    if match is None:
        raise BadValueError("the time of day is not HH:MM:SS")
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if (hour, minute, second) == (24, 0, 0) and not int(match["part"] or 0):
        return datetime.combine(day, time()) + _one_day(day)
    if hour > 23 or minute > 59 or second > 60:
        raise BadValueError("the time of day lies outside 00:00:00 to 24:00:00")
    if second == 60:
        raise BadValueError("leap seconds are not kept; write second 59")
    microsecond = int((match["part"] or "0").ljust(6, "0")[:6])
    return datetime.combine(day, time(hour, minute, second, microsecond))


def _one_day(day: date) -> timedelta:
    if day >= date(9998, 12, 31):
        raise BadValueError(_OUTSIDE)
    return timedelta(days=1)


def _placed(
    local: datetime, zone_text: str | None, dialect: Dialect, is_day: bool = False
) -> Reading:
    """Wall-clock time with its own offset, else in the zone of the file, else UTC."""
    offset = _offset(zone_text)
    if offset is not None:
        try:
            return _bounded(Reading((local - offset).replace(tzinfo=UTC)))
        except OverflowError as error:
            raise BadValueError(_OUTSIDE) from error
    if dialect.zone is None:
        return _bounded(Reading(local.replace(tzinfo=UTC), has_offset=False, is_day=is_day))
    if not 1900 <= local.year < 9999:
        raise BadValueError(_OUTSIDE)
    return _bounded(Reading(_in_zone(local, dialect.zone), has_offset=True, is_day=is_day))


def _in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(zone).replace(tzinfo=None) != local:
        raise BadValueError(
            f"this hour does not exist in {zone.key} (clocks went forward); write the offset behind the time"
        )
    raise BadValueError(
        f"this hour happens twice in {zone.key} (clocks went back); write the offset behind the time"
    )


def _offset(text: str | None) -> timedelta | None:
    if text is None or not text.strip():
        return None
    word = text.strip().upper()
    if word in {"Z", "UTC", "GMT", "UTC+0", "UTC+00:00", "GMT+0"}:
        return timedelta()
    match = _OFFSET.match(word.removeprefix("UTC").removeprefix("GMT"))
    if match is None:
        raise BadValueError(
            "the letters behind the time are no offset (abbreviations like CET mean several zones); write +01:00 or Z"
        )
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 18 or minutes > 59:
        raise BadValueError(
            "the offset behind the time is larger than any zone has; write +01:00 or Z"
        )
    size = timedelta(hours=hours, minutes=minutes)
    return size if match[1] == "+" else -size


def _bounded(reading: Reading) -> Reading:
    if not EARLIEST <= reading.instant < LATEST:
        raise BadValueError(_OUTSIDE)
    return reading
