"""The one door to a terminal: what data say is shown, never obeyed.

Texts hold what strangers wrote: a refused cell, a name, a file, a path. Rich would take ``[/red]`` for markup and a
terminal would take an escape sequence or a bidirectional override for an order. Every text of a command, error and
progress line passes here; styles are given beside a text, never inside it. No other module writes to a terminal (test).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

__all__ = ["Cell", "Column", "TaskID", "Terminal", "Text", "plain", "styled"]
PIPE_COLUMNS = 150
"""Columns of a pipe, which Rich would take for eighty."""

Cell = str | Text
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Control, format (bidirectional marks among them), lone surrogates, line and paragraph separators."""
_JOINERS = ("\u200c", "\u200d")
"""They are part of words in Persian and of emoji, and order nothing about."""
_GAP = 2
_TEXT_COLUMN = 12
"""Columns that a column of text keeps, however narrow the terminal is."""


def plain(value: object) -> str:
    """A text in which every control character, bidirectional mark and line end is shown as an escape."""
    return "".join(_seen(character) for character in str(value))


def _seen(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if unicodedata.category(character) in _HIDDEN:
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character


def styled(value: object, style: str) -> Text:
    """A text in a style; the text itself is shown as it is."""
    return Text(plain(value), style=style)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    A ``whole`` one is never broken, so that ids can be copied; an ``optional`` one is left out where the terminal is
    too narrow for it.
    """

    heading: str
    justify: Literal["left", "right"] = "left"
    whole: bool = False
    optional: bool = False


class Terminal:
    """Output or errors of a command."""

    def __init__(
        self, is_error: bool = False, file: IO[str] | None = None, width: int | None = None
    ) -> None:
        """A terminal, or a pipe in its stead.

        Args:
            is_error: write to standard error.
            file: write there.
            width: columns, default those of the terminal.
        """
        console = Console(stderr=is_error, file=file, width=width)
        if width is None and not console.is_terminal:
            console = Console(stderr=is_error, file=file, width=PIPE_COLUMNS)
        self._console = console

    @property
    def is_live(self) -> bool:
        """Whether somebody looks at it, not a file."""
        return self._console.is_terminal

    def progress(self) -> Progress:
        """Moving lines of steps; their descriptions are texts of ``plain``, without markup."""
        return Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.completed}/{task.total}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=False,
        )

    def line(self, *parts: Cell) -> None:
        """One line of texts, in one piece however long it is."""
        self._write(Text.assemble(*(_text(part) for part in parts)))

    def blank(self) -> None:
        """An empty line."""
        self._write(Text(""))

    def lines(self, text: str) -> None:
        """A text of several lines, such as a traceback."""
        for line in text.rstrip("\n").split("\n"):
            self.line(line)

    def error(self, text: str) -> None:
        """A failure, in one line; what others said in several is joined."""
        self.line(styled("error:", "red"), f" {_joined(text)}")

    def warning(self, text: str) -> None:
        """Something to look at, in one line."""
        self.line(styled("warning:", "yellow"), f" {_joined(text)}")

    def status(self, text: str) -> AbstractContextManager[object]:
        """A sign that something is going on, for the block."""
        return self._console.status(Text(plain(text)))

    def table(
        self, columns: Sequence[Column | str], rows: Iterable[Sequence[Cell]], title: str = ""
    ) -> None:
        """Rows under headings. Words are never broken: a terminal that is too narrow for them wraps the line itself.

        Args:
            columns: headings, with more where they are not plain text.
            rows: a text for each column.
            title: line above.
        """
        heads = [column if isinstance(column, Column) else Column(column) for column in columns]
        texts = [[_text(cell) for cell in row] for row in rows]
        if _least(heads, texts) > self._console.width:
            kept = [place for place, head in enumerate(heads) if not head.optional]
            heads = [heads[place] for place in kept]
            texts = [[row[place] for place in kept] for row in texts]
        widths = _widths(heads, texts, self._console.width)
        table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
        for head, width in zip(heads, widths, strict=True):
            table.add_column(Text(plain(head.heading)), justify=head.justify, width=width)
        for row in texts:
            table.add_row(*row)
        if title:
            self.line(styled(title, "bold"))
        whole = sum(widths) + _GAP * len(widths)
        self._print(table, width=max(whole, self._console.width))

    def _write(self, text: Text) -> None:
        self._print(text, soft_wrap=True)

    def _print(
        self, thing: Text | Table, soft_wrap: bool = False, width: int | None = None
    ) -> None:
        room = self._console.width
        # Rich takes no more room than the console has, however much is asked for.
        self._console.width = width or room
        with self._console.capture() as captured:
            self._console.print(thing, highlight=False, soft_wrap=soft_wrap, crop=False)
        self._console.width = room
        # A stream that knows few characters shows the others as escapes instead of failing.
        encoding = getattr(self._console.file, "encoding", None) or "utf-8"
        shown = captured.get().encode(encoding, "backslashreplace").decode(encoding)
        try:
            self._console.file.write(re.sub(r"[ ]+(?=\n)", "", shown))
            self._console.file.flush()
        except BrokenPipeError:
            # Whoever read, such as head, has seen enough.
            self._console.on_broken_pipe()


def _joined(text: str) -> str:
    return re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", text.strip(" \t\r\n"))


def _text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(plain(cell))


def _natural(
    heads: Sequence[Column], rows: Sequence[Sequence[Text]]
) -> tuple[list[int], list[int]]:
    """Columns of each column's longest text, and the fewest that break no word."""
    cells = [
        [head.heading, *(row[place].plain for row in rows)] for place, head in enumerate(heads)
    ]
    widths = [max(cell_len(text) for text in texts) for texts in cells]
    least = [
        width if head.whole else min(width, max(_TEXT_COLUMN, *map(_longest_word, texts)))
        for head, width, texts in zip(heads, widths, cells, strict=True)
    ]
    return widths, least


def _least(heads: Sequence[Column], rows: Sequence[Sequence[Text]]) -> int:
    return sum(_natural(heads, rows)[1]) + _GAP * (len(heads) - 1)


def _widths(heads: Sequence[Column], rows: Sequence[Sequence[Text]], room: int) -> list[int]:
    """Columns of each column: as wide as its longest text, then the widest are narrowed while words stay whole."""
    widths, least = _natural(heads, rows)
    excess = sum(widths) + _GAP * (len(widths) - 1) - room
    while excess > 0:
        place = max(range(len(widths)), key=lambda at: widths[at] - least[at])
        if widths[place] == least[place]:
            break
        widths[place] -= 1
        excess -= 1
    return widths


def _longest_word(text: str) -> int:
    return max((cell_len(word) for word in text.split()), default=0)
