"""A look at an export that nobody described yet: encoding, separator, and of each column what it holds.

Nothing is shown that could name a person or quote one: values are described by their kind, and words only of columns
that have few different ones and look like a vocabulary.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingestion.errors import ConfigurationError
from ingestion.sources.landing.cells import Cell, Content, FileError, normal_name
from ingestion.sources.landing.decoding import Text, decode, read_bytes
from ingestion.sources.landing.delimited import read_delimited
from ingestion.sources.landing.folder_settings import FileSettings
from ingestion.sources.landing.instants import Dialect
from ingestion.sources.landing.limits import Limits, read_limits
from ingestion.sources.landing.names import Found, format_of
from ingestion.sources.landing.profiles.column_kinds import (
    DATED,
    DECIMAL,
    ColumnLook,
    column_look,
    filled_texts,
)
from ingestion.sources.landing.reading import read_content

_SEPARATORS = {",": ",", ";": ";", "\t": "tab", "|": "|"}
_GUESSES = ("utf-16-le", "utf-16-be", "windows-1252", "windows-1251")
_SAMPLE_LINES = 200


@dataclass
class Look:
    """What can be said of an export without knowing its tool; ``notes`` are sentences for whoever maps it."""

    file_name: str
    rows: int
    encoding: str | None
    separator: str | None
    date_order: str | None
    decimal: str | None
    columns: list[ColumnLook]
    bad_lines: int = 0
    notes: list[str] = field(default_factory=list)


def look_at(path: Path, shown: Sequence[str] = ()) -> Look:
    """What an export looks like.

    Args:
        path: the export.
        shown: columns whose words are to be shown, whatever they are.

    Raises:
        ConfigurationError: there is no such file, or it cannot be read as any kind of table.
    """
    read = format_of(path.name)
    if path.is_dir():
        raise ConfigurationError(
            f"{path} is a folder; name one file in it, an export of the other tool."
        )
    if not path.is_file():
        raise ConfigurationError(f"There is no file {path}; name an export of the other tool.")
    if isinstance(read, str):
        raise ConfigurationError(f"{path} cannot be looked at: {read}.")
    limits, wanted = read_limits(), {normal_name(name) for name in shown}
    found = Found(path, "", read[1], read[2], datetime.now(UTC), None)
    try:
        content, encoding, separator = _content(found, read_bytes(found, limits), limits)
        batches = list(content.batches)
    except FileError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    names = list(dict.fromkeys(name for batch in batches for name in batch.columns))
    cells = {
        name: [c for b in batches for c in b.columns.get(name) or [None] * len(b)] for name in names
    }
    looked = Look(
        path.name,
        sum(map(len, batches)),
        encoding,
        separator,
        None,
        None,
        [],
        len(content.bad_lines),
        list(content.notes),
    )
    looked.date_order = _date_order(cells, looked.notes)
    looked.decimal = _decimal(cells)
    dialect = Dialect(None, "mdy" if looked.date_order == "mdy" else "dmy")
    looked.columns = [
        column_look(name, found_cells, dialect, name in wanted)
        for name, found_cells in cells.items()
    ]
    return looked


def _content(
    found: Found, content: bytes, limits: Limits
) -> tuple[Content, str | None, str | None]:
    """The rows; encoding and separator where a profile must say them because they cannot be recognised."""
    if found.format not in (".csv", ".tsv"):
        return read_content(found, content, [], FileSettings(), limits), None, None
    text, encoding = _text(content)
    separator = _separator(text)
    return read_delimited(text, [], separator, limits), encoding, _SEPARATORS[separator]


def _text(content: bytes) -> tuple[Text, str | None]:
    """Text, and its encoding unless it is found by itself."""
    try:
        text = decode(content, None)
        if not text.bad_lines:
            return text, None
    except FileError:
        pass
    guesses = _GUESSES if b"\x00" in content[:4096] else _GUESSES[2:]
    readable = [name for name in guesses if _strangeness(content, name) is not None]
    if not readable:
        return decode(content, None), None
    best = min(readable, key=lambda name: _strangeness(content, name) or 0)
    return decode(content, best), codecs.lookup(best).name.replace("cp125", "windows-125")


def _strangeness(content: bytes, encoding: str) -> int | None:
    """How many signs a text would have that texts hardly have; null where it is not in the encoding."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    letters = Counter(sign for sign in text if ord(sign) > 127)
    odd = sum(
        count
        for sign, count in letters.items()
        if not sign.isalpha() and sign not in "€«»“”„’‘–—…°№"
    )
    # Words of one script do not begin with a capital in their middle, as text in the wrong code page does.
    mixed = len(re.findall(r"[a-zа-яß-ÿ][À-ÞА-Я]", text)) + 2 * len(
        re.findall(r"[a-zA-Z][а-яА-Я]|[а-яА-Я][a-zA-Z]", text)
    )
    return odd + mixed + text.count("\x00")


def _separator(text: Text) -> str:
    """The sign that cuts the first lines into the most fields, and all of them into as many as the header."""
    lines = [line for line in text.lines[:_SAMPLE_LINES] if line.strip()]

    def score(sign: str) -> tuple[float, int]:
        widths = [line.count(sign) for line in lines]
        same = sum(width == widths[0] for width in widths) / max(len(widths), 1)
        return (same if widths and widths[0] else 0.0, widths[0] if widths else 0)

    return max(_SEPARATORS, key=score)


def _date_order(cells: dict[str, list[Cell]], notes: list[str]) -> str | None:
    """Dmy or mdy where days beyond 12 prove it; null where no date has this form, or nothing proves it."""
    first, second, seen = 0, 0, 0
    for found in cells.values():
        for match in filter(None, map(DATED.match, filled_texts(found))):
            seen += 1
            first += int(match[1]) > 12
            second += int(match[2]) > 12
    if first and second:
        notes.append(
            f"dates are written in both orders ({first:,} with a day first, {second:,} with a month first); "
            "no setting reads both"
        )
        return None
    if seen and not first and not second:
        notes.append(
            f"{seen:,} dates could have day or month first, and no day beyond 12 tells; ask whoever exported it"
        )
    if first or second:
        order = "dmy" if first else "mdy"
        notes.append(
            f"date_order {order}: {first or second:,} of {seen:,} dates have a day beyond 12 there"
        )
    return "dmy" if first else "mdy" if second else None


def _decimal(cells: dict[str, list[Cell]]) -> str | None:
    signs = Counter(
        match[1]
        for found in cells.values()
        for match in filter(None, map(DECIMAL.match, filled_texts(found)))
    )
    return "," if signs[","] > signs["."] else None
