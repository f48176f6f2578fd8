"""Values and conditions of a profile over the rows of a batch, column by column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

import orjson

from ingestion.sources.landing.cells import Cell, Unreadable, normal_name, shape, stripped
from ingestion.sources.landing.folder_settings import FileSettings
from ingestion.sources.landing.instants import (
    LATEST,
    BadValueError,
    Dialect,
    quick_instant,
    read_instant,
)
from ingestion.sources.landing.profiles.model import Condition, Value
from ingestion.sources.landing.profiles.words import OTHERS, is_filled, plain_word

_DURATION = re.compile(r"^(?:(?P<h>\d{1,4}):)?(?P<m>\d{1,4}):(?P<s>\d{2}(?:\.\d{1,6})?)$")
_SHOWN = 12


@dataclass
class Rows:
    """Rows of one export: the line of each, and its cells by plain column name; ``written`` is how it writes times."""

    lines: list[int]
    columns: Mapping[str, Sequence[Cell]]
    written: FileSettings
    _instants: dict[tuple[str, Cell], datetime | Unreadable | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, column: str) -> Sequence[Cell]:
        """Cells of a column; one that the export lacks is empty."""
        return self.columns.get(normal_name(column)) or [None] * len(self.lines)

    def chosen(self, places: Sequence[int]) -> Rows:
        """The rows at these places."""
        if len(places) == len(self.lines):
            return self
        columns = {name: [cells[i] for i in places] for name, cells in self.columns.items()}
        return Rows([self.lines[i] for i in places], columns, self.written, self._instants)

    def instant(self, column: str, cell: Cell) -> datetime | Unreadable | None:
        """The instant (UTC) of a cell of a column; nothing where it is empty, the reason where it is none."""
        key = (column, cell)
        if key not in self._instants:
            self._instants[key] = self._read_instant(column, cell)
        return self._instants[key]

    def _read_instant(self, column: str, cell: Cell) -> datetime | Unreadable | None:
        if not is_filled(cell) or isinstance(cell, Unreadable) or cell is None:
            return cell if isinstance(cell, Unreadable) else None
        text = stripped(cell)
        serial = normal_name(column) in self.written.excel_serials
        try:
            quick = quick_instant(text)
            dialect = Dialect(self.written.time_zone, self.written.date_order, serial)
            return quick or read_instant(text, dialect).instant
        except BadValueError as error:
            return Unreadable(str(error))


def holds(conditions: Sequence[Condition], rows: Rows) -> list[bool]:
    """In which rows every condition holds."""
    found = [True] * len(rows)
    for condition in conditions:
        cells = rows.cells(condition.column)
        known = {cell: _holds(condition, cell) for cell in set(cells)}
        found = [one and known[cell] for one, cell in zip(found, cells, strict=True)]
    return found


def _holds(condition: Condition, cell: Cell) -> bool:
    if condition.is_filled is not None:
        return is_filled(cell) == condition.is_filled
    if isinstance(cell, Unreadable):
        return False
    return (plain_word(cell or "") in condition.words) != condition.is_negated


def evaluated(value: Value, rows: Rows) -> list[Cell]:
    """Cells of a canonical column as a file of its table would hold them."""
    cells = _origin(value, rows)
    if value.words is not None:
        words = {cell: _word(value.words, cell) for cell in set(cells)}
        cells = [words[cell] for cell in cells]
    if value.split is not None:
        lists = {cell: _split(cell, value.split) for cell in set(cells)}
        cells = [lists[cell] for cell in cells]
    if value.plus:
        cells = _later(value, cells, rows)
    if value.otherwise is not None:
        cells = [cell if is_filled(cell) else value.otherwise for cell in cells]
    return cells


def _origin(value: Value, rows: Rows) -> list[Cell]:
    if value.constant is not None:
        return [value.constant] * len(rows)
    if value.parts:
        parts = [evaluated(part, rows) for part in value.parts]
        return [_joined(cells, value.glue) for cells in zip(*parts, strict=True)]
    return first_filled([rows.cells(column) for column in value.columns])


def first_filled(columns: Sequence[Sequence[Cell]]) -> list[Cell]:
    """Of each row the first cell that says anything."""
    if len(columns) == 1:
        return list(columns[0])
    return [
        next((cell for cell in cells if is_filled(cell)), None)
        for cells in zip(*columns, strict=True)
    ]


def _joined(cells: Sequence[Cell], glue: str) -> Cell:
    for cell in cells:
        if isinstance(cell, Unreadable):
            return cell
    if not all(is_filled(cell) for cell in cells):
        return None
    return glue.join(stripped(cell) for cell in cells if isinstance(cell, str))


def _word(words: Mapping[str, str], cell: Cell) -> Cell:
    if isinstance(cell, Unreadable):
        return cell
    # A word that a tool uses for nothing may be one of this export's words.
    plain = plain_word(cell or "")
    if plain in words:
        return words[plain] or None
    if not is_filled(cell):
        return None
    if OTHERS in words:
        return words[OTHERS] or None
    near = difflib.get_close_matches(plain, words, 1, 0.7)
    meant = f"; is it a spelling of {near[0]}?" if near else ""
    known = [word for word in words if word]
    more = ", ..." if len(known) > _SHOWN else ""
    return Unreadable(
        f"{shape(stripped(cell or ''))} is none of the words that the profile knows "
        f"({', '.join(known[:_SHOWN])}{more}){meant}; add it to words, or correct it"
    )


def _split(cell: Cell, sign: str) -> Cell:
    if not isinstance(cell, str):
        return cell
    if not is_filled(cell):
        return None
    parts = [stripped(part) for part in cell.split(sign)]
    return orjson.dumps([part for part in dict.fromkeys(parts) if part]).decode()


def _later(value: Value, cells: Sequence[Cell], rows: Rows) -> list[Cell]:
    """Instants with durations added; nothing where no duration is filled."""
    durations = [rows.cells(column) for column in value.plus]
    column = value.columns[0] if value.columns else ""
    decimal = rows.written.decimal or "."
    return [
        _sum(rows.instant(column, cell), added, decimal)
        for cell, added in zip(cells, zip(*durations, strict=True), strict=True)
    ]


def _sum(start: datetime | Unreadable | None, added: Sequence[Cell], decimal: str) -> Cell:
    given = [cell for cell in added if is_filled(cell)]
    if start is None or not given:
        return None
    if isinstance(start, Unreadable):
        return start
    total = timedelta()
    for cell in given:
        read = cell if isinstance(cell, Unreadable) else seconds(stripped(cell or ""), decimal)
        if isinstance(read, Unreadable):
            return read
        total += read
    if total > LATEST - start:
        return Unreadable("the duration leads beyond the year 9998; correct it")
    return (start + total).isoformat()


def seconds(text: str, decimal: str = ".") -> timedelta | Unreadable:
    """A duration: ``75``, ``75.5``, ``01:15`` (minutes), ``0:01:15``; the reason where it is none."""
    match = _DURATION.match(text.replace(",", ".") if decimal == "," else text)
    if match:
        if Decimal(match["s"]) >= 60 or (match["h"] and int(match["m"]) >= 60):
            return Unreadable("a duration has at most 59 seconds and 59 minutes behind its hours")
        whole = Decimal(match["s"]) + 60 * int(match["m"]) + 3600 * int(match["h"] or 0)
        return timedelta(microseconds=int(whole * 1_000_000))
    try:
        number = Decimal(text.replace(",", ".") if decimal == "," else text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < 10**9:
        return Unreadable(f"{shape(text)} is no duration; write seconds, mm:ss or hh:mm:ss")
    return timedelta(microseconds=int(number * 1_000_000))
