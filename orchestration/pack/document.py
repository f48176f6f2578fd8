"""A pack as blocks of text and tables in one language: what HTML, PDF and workbook are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Raw = float | int | str | date | None
FEW_ROWS = 6
"""A table of so few rows begins on the page where the one before ends."""
Kind = Literal["text", "percent", "points", "duration", "number", "integer", "date"]


@dataclass(frozen=True)
class Spark:
    """A small line of months; gaps are None; the target as a thin line where there is one."""

    values: tuple[float | None, ...]
    target: float | None
    tone: str


@dataclass(frozen=True)
class Cell:
    """One cell: the text that people read, and the same as values for a workbook.

    Attributes:
        text: formatted in the language; may hold line breaks.
        raws: as many values as its column has parts.
        kind: how a workbook formats the values.
        tone: status whose colour it bears, always beside a word.
        icon: status whose sign stands before the text.
        note: a second, smaller line.
        code: a command to copy.
        bar: share of 1 drawn behind the text.
    """

    text: str
    raws: tuple[Raw, ...] = ()
    kind: Kind = "text"
    tone: str = ""
    icon: str = ""
    note: str = ""
    code: str = ""
    spark: Spark | None = None
    bar: float | None = None
    is_strong: bool = False


@dataclass(frozen=True)
class Column:
    """A column; ``parts`` are the titles of the workbook columns it becomes, default its own title.

    Attributes:
        weight: share of the width.
        note: title of a workbook column for the notes of its cells; empty = none.
    """

    title: str
    weight: float = 1
    align: Literal["left", "right", "center"] = "left"
    parts: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under a common title."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table; ``sheet`` is its name in a workbook, ``left_out`` how many rows paper does not show.

    Attributes:
        paper_rows: rows shown in HTML and PDF, None = all; a workbook has every row.
        more: sentence below when rows are left out there; ``{n}`` in it is how many.
        chart: ``pareto`` adds a native chart of the second and fourth column to the workbook.
    """

    title: str
    sheet: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    group_title: str = ""
    note: str = ""
    empty: str = ""
    paper_rows: int | None = None
    more: str = ""
    chart: str = ""

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """All rows, whatever group they stand in."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def paper_groups(self) -> tuple[Group, ...]:
        """Groups with the rows that HTML and PDF show."""
        if self.paper_rows is None:
            return self.groups
        left, shown = self.paper_rows, []
        for group in self.groups:
            rows = group.rows[:left]
            left -= len(rows)
            if rows:
                shown.append(Group(group.title, rows))
        return tuple(shown)

    @property
    def left_out(self) -> int:
        """Rows that HTML and PDF do not show."""
        return max(0, len(self.rows) - (self.paper_rows or len(self.rows)))

    @property
    def rest(self) -> str:
        """The sentence about rows that HTML and PDF do not show; empty where they show all."""
        return self.more.format(n=self.left_out) if self.left_out else ""


@dataclass(frozen=True)
class Section:
    """A heading with a sentence or two and its tables; ``has_own_page`` begins a new page of a PDF."""

    anchor: str
    title: str
    lead: str
    tables: tuple[Table, ...]
    has_own_page: bool = False


@dataclass(frozen=True)
class Tile:
    """A figure of the cover."""

    label: str
    figure: str
    raw: int
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A labelled list of the cover, such as what turned red."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Document:
    """One pack in one language.

    Attributes:
        mark: word that stands on every page before a close; empty after it.
        footer: hash and instant, on every page.
        page: ``Page {x} of {y}`` with the places left open.
    """

    language: str
    title: str
    subtitle: str
    tenant: str
    mark: str
    mark_note: str
    footer: str
    page: str
    contents: str
    created: str
    tiles: tuple[Tile, ...]
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]


def one_group(rows: Sequence[tuple[Cell, ...]]) -> tuple[Group, ...]:
    """Rows without a title; no group at all without rows."""
    return (Group("", tuple(rows)),) if rows else ()
