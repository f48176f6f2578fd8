"""Which files of the landing folder are read, as what, and in which order; everything else is named.

A file is named after its canonical table, in any case, followed by nothing or by what people append: a date or period
(``tickets_2026-10.csv``, ``tickets.2026-W41.csv``), a number or a copy's mark (``tickets (1).csv``), or anything behind
a dot (``tickets.new.csv``).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ingestion.canonical import tables

FORMATS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx")
SETTINGS_FILE = "landing.yml"
PROFILES_FOLDER = "landing_profiles"
_SILENT = re.compile(
    r"^(\..*|~\$.*|readme(\..*)?|landing\.ya?ml|landing_profiles|thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)
"""What stands in folders beside data: hidden files, office lock files, notes, and our own settings."""
_APPENDED = re.compile(
    r"^(?:[\s_\-+().]*(?:\d+|w\d{1,2}|q[1-4]|v\d+|t\d+z?|copy|copie|copia|kopie|копия|of|to|part|export|new|old|final|latest|full)"
    r"[\s_\-+().]*)+$",
    re.IGNORECASE,
)
_NEAR, _LIKE = 0.75, 0.6
"""Likeness from which a name is surely meant, and from which it may be (difflib's own default)."""
_YEAR = r"(?<!\d)((?:19|20)\d{2})"
_PERIODS = (
    re.compile(_YEAR + r"[-_.]?W(\d{2})(?!\d)", re.IGNORECASE),
    re.compile(_YEAR + r"[-_.]?Q([1-4])(?!\d)", re.IGNORECASE),
    re.compile(_YEAR + r"[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)"),
    re.compile(_YEAR + r"[-_.]?(\d{2})(?!\d)"),
    re.compile(_YEAR + r"(?!\d)"),
)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_YIELDS = timedelta(days=36_525)
"""What an export implies (its channels, the people it names) gives way to every sheet that somebody keeps."""


@dataclass(frozen=True)
class Found:
    """A file that is read: its table, format (suffix without ``.gz``), and where it stands in the order of files.

    A file that a profile reads is found once for every table that it fills; ``is_implied`` are its reference rows.
    """

    path: Path
    table: str
    format: str
    is_gzipped: bool
    modified_at: datetime
    period_end: datetime | None
    profile: str | None = None
    is_implied: bool = False

    @property
    def name(self) -> str:
        """Name in the folder."""
        return self.path.name

    @property
    def part(self) -> str:
        """Name of what is said about one table: that of the file, with the table where there are several."""
        return f"{self.name} ({self.table})" if self.profile else self.name

    @property
    def known_at(self) -> datetime:
        """The instant that the file speaks of: the end of the period in its name, but no later than it was written."""
        instant = min(self.period_end or self.modified_at, self.modified_at)
        return instant - _YIELDS if self.is_implied else instant

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts later files behind earlier ones: period in the name, modification time (seconds), name."""
        digits = [int(part) if part.isdecimal() else part for part in _parts(self.name)]
        return (self.known_at, self.period_end or _FIRST, digits, self.name)


@dataclass(frozen=True)
class Ignored:
    """Something in the folder that is not read, and why."""

    name: str
    reason: str


def _parts(name: str) -> list[str]:
    stem = name.lower().removesuffix(".gz").rsplit(".", 1)[0]
    return re.split(r"(\d+)", stem)


def format_of(name: str) -> tuple[str, str, bool] | str:
    """Stem (lower case), format and whether it is gzipped, of a file name; else the reason why it cannot be read."""
    lowered = name.lower()
    is_gzipped = lowered.endswith(".gz")
    stem, dot, suffix = lowered.removesuffix(".gz").rpartition(".")
    if not dot or f".{suffix}" not in FORMATS:
        return f"its ending is none of {', '.join(FORMATS)} (each also .gz)"
    return stem, f".{suffix}", is_gzipped


def identify(name: str) -> tuple[str, str, bool] | str:
    """Table, format and whether it is gzipped, of a file name; else the reason why it is none of ours."""
    read = format_of(name)
    if isinstance(read, str):
        return read
    stem, suffix, is_gzipped = read
    known = [table for table in tables() if stem == table or _is_appended(stem, table)]
    if not known:
        word = re.split(r"[.\s(\d]", stem)[0].strip("_- ")
        near = difflib.get_close_matches(word, tables(), 1, _NEAR)
        near = near or difflib.get_close_matches(word, tables(), 3, _LIKE)
        meant = f"did you mean {' or '.join(near)}? A" if near else "a"
        return (
            f"it is named after no canonical table; {meant} file of a form of its own is read by a profile, and "
            f"deskhouse landing profile FILE drafts one"
        )
    return max(known, key=len), suffix, is_gzipped


def _is_appended(stem: str, table: str) -> bool:
    if not stem.startswith(table):
        return False
    rest = stem[len(table) :]
    return rest.startswith(".") or (rest[0] in " _-(+" and bool(_APPENDED.match(rest)))


def period_end(name: str) -> datetime | None:
    """End (exclusive, UTC midnight) of the last period that a file name gives; null without one."""
    ends: list[tuple[int, datetime]] = []
    taken: list[tuple[int, int]] = []
    for pattern in _PERIODS:
        for match in pattern.finditer(name):
            inside = any(begin < match.end() and match.start() < end for begin, end in taken)
            end = None if inside else _end(pattern, [int(part) for part in match.groups()])
            if end is not None:
                taken.append(match.span())
                ends.append((match.start(), datetime(end.year, end.month, end.day, tzinfo=UTC)))
    return max(ends)[1] if ends else None


def _end(pattern: re.Pattern[str], numbers: list[int]) -> date | None:
    try:
        if pattern is _PERIODS[0]:
            return date.fromisocalendar(numbers[0], numbers[1], 7) + timedelta(days=1)
        if pattern is _PERIODS[1]:
            return _month_after(numbers[0], numbers[1] * 3)
        if len(numbers) == 3:
            return date(*numbers) + timedelta(days=1)
        return _month_after(numbers[0], numbers[1] if len(numbers) == 2 else 12)
    except (ValueError, OverflowError):
        return None  # digits that are no period, such as an order number


def _month_after(year: int, month: int) -> date:
    date(year, month, 1)
    return date(year + month // 12, month % 12 + 1, 1)


Chooser = Callable[[str], tuple[str, Sequence[str]] | str | None]
"""Of a file name: the profile that reads it and the tables it fills, why none can, or null where none is meant."""


def discover(
    folder: Path, chosen: Chooser = lambda name: None
) -> tuple[list[Found], list[Ignored]]:
    """Files of the folder in their order, and everything else in it; links and sub-folders are not followed."""
    found: list[Found] = []
    ignored: list[Ignored] = []
    for path in sorted(folder.iterdir()):
        if _SILENT.match(path.name):
            continue
        if path.is_symlink():
            ignored.append(Ignored(path.name, "it is a link; put the file itself into the folder"))
        elif path.is_dir():
            ignored.append(
                Ignored(path.name, "it is a folder; move its files up into the landing folder")
            )
        elif not path.is_file():
            ignored.append(Ignored(path.name, "it is no regular file"))
        else:
            read = _found(path, chosen(path.name))
            if isinstance(read, str):
                ignored.append(Ignored(path.name, read))
            else:
                found += read
    return sorted(found, key=lambda one: one.order), ignored


def _found(path: Path, profile: tuple[str, Sequence[str]] | str | None) -> list[Found] | str:
    """A file as what it is read, once for each table; else the reason why it is not."""
    if isinstance(profile, str):
        return profile
    # A clock that was wrong must not make a file newer than whatever comes after it.
    modified = min(path.stat().st_mtime, datetime.now(UTC).timestamp())
    written = datetime.fromtimestamp(int(modified), UTC)
    end = period_end(path.name)
    if profile is None:
        kind = identify(path.name)
        return kind if isinstance(kind, str) else [Found(path, *kind, written, end)]
    read = format_of(path.name)
    if isinstance(read, str):
        return read
    name, filled = profile
    return [
        Found(path, table, *read[1:], written, end, name, tables()[table].kind != "event")
        for table in filled
    ]
