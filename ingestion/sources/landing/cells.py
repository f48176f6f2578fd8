"""What readers hand on: columns of cells with the lines they stand in, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_GAPS = re.compile(r"[\s\-]+")
_BLANKS = " \t\r\n\u00a0\u2002\u2003\u2007\u2009\u200b\u202f\u3000\ufeff"
MAX_COLUMNS = 1_000


@dataclass(frozen=True)
class Unreadable:
    """A cell whose bytes are no value at all, and why."""

    reason: str


Cell = str | Unreadable | None
"""A cell as text, null, or what made it unreadable."""
Faults = dict[int, list[tuple[str, str]]]
"""Columns of refused cells with the reason, by the place of their row in its batch."""


class FileError(ValueError):
    """A file that cannot be read as a whole; the text is the reason with the remedy, ``line`` the place (0: none)."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Refusal:
    """One refused row (or file, line 0): where it stands, which column, why; the reason never quotes the content."""

    table: str
    file: str
    line: int
    column: str | None
    reason: str
    content: dict[str, Any] | None = None


@dataclass
class Batch:
    """Rows of a file as columns: the line of each row, and its cells by column of the file."""

    lines: list[int]
    columns: dict[str, Sequence[Cell]]
    origins: dict[str, str] = field(default_factory=dict)
    """Columns of the file that were read under another name, by that name; refusals speak of the file's."""
    hidden: frozenset[str] = frozenset()
    """Columns that are not kept of a refused row."""

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, place: int) -> dict[str, Any]:
        """The cells of one row that are not empty, as they stand in the file."""
        found = {
            name: cells[place] for name, cells in self.columns.items() if name not in self.hidden
        }
        return {
            name: f"({cell.reason})" if isinstance(cell, Unreadable) else cell
            for name, cell in found.items()
            if cell is not None
        }


@dataclass
class BadLine:
    """A line that is no row: where, why, and what of it could be told apart; ``column`` is the one at fault."""

    line: int
    reason: str
    content: dict[str, Any] | None = None
    column: str | None = None


@dataclass
class Content:
    """What a reader makes of a file: its columns, batches drawn once, and what it noticed about the file.

    ``bad_lines`` fills while batches are drawn; ``is_partial``: lines that could not be read are named elsewhere.
    """

    columns: tuple[str, ...]
    batches: Iterator[Batch]
    bad_lines: list[BadLine] = field(default_factory=list)
    encoding: str | None = None
    separator: str | None = None
    notes: list[str] = field(default_factory=list)
    is_partial: bool = False


def counted(number: int, thing: str) -> str:
    """A number with its thing: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shape(text: str) -> str:
    """A text described without quoting it: ``a text of 6 letters``."""
    count = len(text)
    kinds = [
        word
        for word, found in (
            ("letters", any(c.isalpha() for c in text)),
            ("digits", any(c.isdigit() for c in text)),
            ("blanks", any(c.isspace() for c in text)),
            ("signs", any(not (c.isalnum() or c.isspace()) for c in text)),
        )
        if found
    ]
    if len(kinds) == 1:
        word = kinds[0] if count > 1 else kinds[0].removesuffix("s")
        return f"a text of {count:,} {word}"
    return f"a text of {count:,} characters ({', '.join(kinds)})"


def named_columns(cells: Sequence[object], known: Collection[str]) -> int:
    """How many cells of a line name a column of the contract."""
    return sum(isinstance(cell, str) and normal_name(cell) in known for cell in cells)


def above_the_header(first: int, header: int) -> str:
    """The note on lines that stand above a header, as titles of reports do."""
    if header - first == 1:
        return f"the header is line {header}; line {first} above it is left out"
    return f"the header is line {header}; lines {first} to {header - 1} above it are left out"


def normal_name(name: str) -> str:
    """Column name with case and blanks forgiven: ``Created At`` is created_at."""
    return _GAPS.sub("_", name.strip(_BLANKS + "\"'").lower())


def named_twice(columns: Sequence[str]) -> str | None:
    """The sentence for a header that has a name twice, by places: without a header, names are people's data."""
    for place, name in enumerate(columns):
        if name and name in columns[:place]:
            first = columns.index(name)
            return (
                f"columns {first + 1} and {place + 1} of the header have the same name; rename or remove one of them "
                "(or is the header missing?)"
            )
    return None


def too_many_columns(columns: Collection[str]) -> str | None:
    """The sentence for a file with more columns than anybody keeps."""
    if len(columns) <= MAX_COLUMNS:
        return None
    return f"the file has more than {MAX_COLUMNS:,} different columns; write the contract's columns alone"


def stripped(text: str) -> str:
    """Text without the blanks, no-break blanks and marks that exports leave around it."""
    return text.strip(_BLANKS)


def rows_to_batch(columns: Sequence[str], lines: list[int], rows: list[Sequence[Cell]]) -> Batch:
    """Turn rows of equal length into a batch; columns without a name are left out."""
    turned: list[Sequence[Cell]] = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    return Batch(lines, {name: cells for name, cells in zip(columns, turned, strict=True) if name})
