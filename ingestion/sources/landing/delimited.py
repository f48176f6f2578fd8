"""CSV and TSV: separator by the header, quotes as RFC 4180 has them, and a bad quote costs its own line only."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from ingestion.sources.landing.cells import (
    BadLine,
    Batch,
    Cell,
    Content,
    FileError,
    above_the_header,
    named_columns,
    named_twice,
    normal_name,
    rows_to_batch,
    too_many_columns,
)
from ingestion.sources.landing.decoding import Text
from ingestion.sources.landing.limits import Limits

BATCH_ROWS = 50_000
_SEPARATORS = (",", ";", "\t", "|")
_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
TITLE_LINES = 20
"""So many lines of a report's title may stand above its header."""
HEADER_NAMES = 3
"""A line below the first is the header when it names so many columns of the contract."""
_SPAN_LINES = 200
"""A cell over more lines than this is no cell but a quote that was never closed."""
_UNCLOSED = (
    "a quote opens a cell and is not closed on this line; double it, or quote the whole cell"
)

Row = tuple[int, list[str]]


def read_delimited(
    text: Text, known: Sequence[str], separator: str | None, limits: Limits
) -> Content:
    """Columns and rows of a delimited text.

    Args:
        text: decoded lines.
        known: columns of the contract, by which the separator is recognised.
        separator: the one of the settings; null: recognised by the header.
        limits: bounds of the file.

    Raises:
        FileError: there is no header, or it names a column twice.
    """
    csv.field_size_limit(limits.file_bytes)
    start = 0
    said = text.lines[0].strip('"') if text.lines else ""
    if said.lower().startswith("sep=") and len(said) == 5:
        separator, start = separator or said[4], 1  # Excel's own way to name the separator
    while start < len(text.lines) and not text.lines[start].strip():
        start += 1
    if start >= len(text.lines):
        return Content((), iter(()), encoding=text.encoding)
    first = start
    start = _header(text, first, known, separator)
    if start + 1 in text.bad_lines:
        raise FileError(f"the header cannot be read: {text.bad_lines[start + 1]}", start + 1)
    separator = separator or _separator(text.lines[start], known)
    cells = _one(text.lines[start], separator)
    if cells is None and "\r" in text.lines[start]:
        raise FileError(
            "a carriage return stands inside the header; save it with one kind of line ends",
            start + 1,
        )
    if cells is None:
        raise FileError("the header has a quote that is not closed; remove it", start + 1)
    columns = tuple(normal_name(cell) for cell in cells)
    fault = too_many_columns(columns) or named_twice(columns)
    if fault:
        raise FileError(fault, start + 1)
    content = Content(
        columns, iter(()), encoding=text.encoding, separator=_WORDS.get(separator, separator)
    )
    if start > first:
        content.notes.append(above_the_header(first + 1, start + 1))
    content.batches = _batches(text, start + 1, separator, cells, content, limits)
    return content


def _header(text: Text, first: int, known: Sequence[str], separator: str | None) -> int:
    """Place of the header: below the first line where that names hardly a column and a line soon after it does."""

    def named(line: str) -> int:
        chosen = separator or _separator(line, known)
        return named_columns(_one(line, chosen) or [], known)

    if named(text.lines[first]) >= HEADER_NAMES:
        return first
    soon = range(first + 1, min(first + 1 + TITLE_LINES, len(text.lines)))
    return next((place for place in soon if named(text.lines[place]) >= HEADER_NAMES), first)


def _separator(header: str, known: Sequence[str]) -> str:
    def score(separator: str) -> int:
        return named_columns(_one(header, separator) or [], known)

    return max(_SEPARATORS, key=score)


def _one(line: str, separator: str) -> list[str] | None:
    """Cells of a line by itself; null when a quote is out of place or not closed."""
    if '"' not in line and "\r" not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], strict=True, delimiter=separator), [])
    except csv.Error:
        return None


def _batches(
    text: Text, start: int, separator: str, header: list[str], content: Content, limits: Limits
) -> Iterator[Batch]:
    width = len(content.columns)
    named = max((place + 1 for place, name in enumerate(content.columns) if name), default=width)
    lines: list[int] = []
    rows: list[Sequence[Cell]] = []
    total = 0
    unnamed = [place for place, name in enumerate(content.columns) if not name]
    nameless: set[int] = set()
    for line, cells in _records(text, start, separator, width, content.bad_lines):
        reason = _row_fault(cells, width, named, limits)
        if reason:
            shown = dict(zip(content.columns, cells, strict=False))
            content.bad_lines.append(BadLine(line, reason, shown))
            continue
        if (
            cells[-1] == header[-1]
            and cells[1:] == header[1:]
            and normal_name(cells[0]) == content.columns[0]
        ):
            # Files that were put together: the line is no row, and its words must not become a tenant.
            content.notes.append(f"line {line} is the header again; it is left out")
            continue
        nameless.update(place for place in unnamed if cells[place].strip())
        lines.append(line)
        rows.append(cells[:width])
        total += 1
        if total > limits.rows:
            raise FileError(too_many_rows(limits), line)
        if len(lines) == BATCH_ROWS:
            yield rows_to_batch(content.columns, lines, rows)
            lines, rows = [], []
    if nameless:
        places = ", ".join(str(place + 1) for place in sorted(nameless))
        content.notes.append(f"column {places} has no name in the header; what it holds is ignored")
    if text.is_open and lines and lines[-1] == len(text.lines):
        content.notes.append(
            f"line {lines[-1]} is the last and has no line end; if the file was cut off or still written, "
            "its last cell is short"
        )
    if lines:
        yield rows_to_batch(content.columns, lines, rows)


def too_many_rows(limits: Limits) -> str:
    """The sentence for a file with more rows than the limit."""
    return f"the file has more than {limits.rows:,} rows; split it, or raise DESKHOUSE_LANDING_MAX_ROWS"


def _row_fault(cells: list[str], width: int, named: int, limits: Limits) -> str | None:
    while len(cells) > width and not cells[-1].strip():
        cells.pop()  # spreadsheets add empty cells at the end of rows
    if named <= len(cells) < width:
        cells += [""] * (width - len(cells))  # or of the header alone
    if len(cells) != width:
        return f"the row has {len(cells)} fields, the header {width}"
    longest = max(map(len, cells))
    if longest > limits.cell_chars:
        return (
            f"a cell has {longest:,} characters, at most {limits.cell_chars:,} are read; shorten it, or raise "
            "DESKHOUSE_LANDING_MAX_CELL_CHARS"
        )
    return None


def _records(
    text: Text, start: int, separator: str, width: int, bad_lines: list[BadLine]
) -> Iterator[Row]:
    """Rows with the number of their first line; lines that are none go to ``bad_lines``."""
    place = start
    while place < len(text.lines):
        line = text.lines[place]
        place += 1
        if not line.strip():
            continue
        if place in text.bad_lines:
            bad_lines.append(BadLine(place, text.bad_lines[place]))
            continue
        cells = _one(line, separator)
        if cells is not None:
            yield place, cells
            continue
        whole = _span(text, place - 1, separator, width)
        if whole is None:
            bad_lines.append(BadLine(place, _quote_fault(line)))
        else:
            cells, after = whole
            yield place, cells
            place = after


def _quote_fault(line: str) -> str:
    if "\r" in line:
        return "a carriage return stands inside the line; quote the cell or remove it"
    if line.count('"') % 2:
        return _UNCLOSED
    return "a quote stands inside a cell that is not quoted as a whole; double it"


def _span(text: Text, start: int, separator: str, width: int) -> tuple[list[str], int] | None:
    """A row whose quoted cells run over several lines, and the place behind it.

    Null unless it ends in a row of the header's width, none of whose inner lines is a whole row by itself: a stray
    quote must not swallow the rows behind it.
    """
    quotes = text.lines[start].count('"')
    for end in range(start + 1, min(start + _SPAN_LINES, len(text.lines))):
        line = text.lines[end]
        alone = _one(line, separator)
        if end + 1 in text.bad_lines or (alone is not None and len(alone) == width and width > 1):
            return None
        quotes += line.count('"')
        if '"' not in line or quotes % 2:
            continue
        cells = _strict(text.lines[start : end + 1], separator)
        return (cells, end + 1) if cells is not None and len(cells) == width else None
    return None


def _strict(lines: list[str], separator: str) -> list[str] | None:
    try:
        found = list(csv.reader([f"{line}\n" for line in lines], strict=True, delimiter=separator))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None
