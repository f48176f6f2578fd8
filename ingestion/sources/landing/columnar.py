"""Parquet files and Excel workbooks: typed cells back to the text that a CSV file would hold."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from ingestion.sources.landing.cells import (
    Batch,
    Cell,
    Content,
    FileError,
    Unreadable,
    above_the_header,
    named_columns,
    named_twice,
    normal_name,
    rows_to_batch,
    too_many_columns,
)
from ingestion.sources.landing.decoding import too_large
from ingestion.sources.landing.delimited import (
    BATCH_ROWS,
    HEADER_NAMES,
    TITLE_LINES,
    too_many_rows,
)
from ingestion.sources.landing.json_records import json_cell
from ingestion.sources.landing.limits import Limits
from ingestion.sources.landing.workbook_extent import Place, broken_cells, check_extent

_ERROR = Unreadable(
    "a formula that ended in an error (such as #N/A); correct it in the spreadsheet, or clear the cell"
)
_UNCOMPUTED = Unreadable(
    "a formula without its result, because the program that wrote the workbook computed none; open and save it in a "
    "spreadsheet"
)
_MERGED = Unreadable("the cell is merged with another; unmerge the cells and fill each of them")
_DATED = Unreadable(
    "a date stands where an id belongs, as spreadsheets make of ids like 3-10; format the column as text and enter "
    "the id again"
)
_EXACT_TO = {pa.float16(): 2**11, pa.float32(): 2**24}
"""Whole numbers beyond are rounded in these short floats."""
_ROUNDED_SHORT = Unreadable(
    "a number beyond what a short float column keeps exactly; write ids as text and amounts as double"
)
_ROUNDED = Unreadable(
    "a number of more than 15 digits, which the spreadsheet or float column has rounded; keep ids as text"
)


def read_parquet(content: bytes, limits: Limits) -> Content:
    """Columns and rows of a Parquet file.

    Raises:
        FileError: it is no Parquet, or it would expand beyond the limits.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        names = tuple(normal_name(name) for name in file.schema_arrow.names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileError("the file is no Parquet file, or it is cut off; export it again") from error
    if file.metadata.num_rows > limits.rows:
        raise FileError(too_many_rows(limits))
    fault = too_many_columns(names) or named_twice(names)
    if fault:
        raise FileError(fault)
    return Content(names, _parquet_batches(file, names, limits), encoding="Parquet")


def _parquet_batches(
    file: pq.ParquetFile, names: tuple[str, ...], limits: Limits
) -> Iterator[Batch]:
    line, size = 0, 0
    try:
        for part in file.iter_batches(batch_size=BATCH_ROWS):
            size += part.nbytes
            if size > limits.file_bytes:
                raise FileError(too_large(limits))
            lines = list(range(line + 1, line + 1 + part.num_rows))
            line += part.num_rows
            yield Batch(
                lines,
                {
                    name: _texts(column, limits)
                    for name, column in zip(names, part.columns, strict=True)
                },
            )
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise FileError("the Parquet file is damaged; export it again", line) from error


def _texts(column: pa.Array, limits: Limits) -> list[Cell]:
    type_ = column.type
    if pa.types.is_dictionary(type_):
        column, type_ = column.dictionary_decode(), type_.value_type
    if pa.types.is_timestamp(type_):
        # A zone only says how to show the instant, which is kept in UTC; the file's may be none.
        shown = "UTC" if type_.tz else None
        unit = "us" if type_.unit == "ns" else type_.unit
        column = column.cast(pa.timestamp(unit, tz=shown), safe=False)
    if pa.types.is_integer(type_):
        return list(column.cast(pa.string()).to_pylist())
    limit = _EXACT_TO.get(type_)
    memo: dict[Any, Cell] = {}
    cells: list[Cell] = []
    for value in _values(column):
        if limit and value is not None and abs(value) >= limit:
            cells.append(_ROUNDED_SHORT)
            continue
        if isinstance(value, dict | list | bytes):
            cells.append(_bounded(_text(value), limits))
            continue
        if value not in memo:
            memo[value] = _bounded(_text(value), limits)
        cells.append(memo[value])
    return cells


def _values(column: pa.Array) -> list[Any]:
    """Python values; one that Python has no value for (the year 300,000) is unreadable alone."""
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):
        return Unreadable("a value beyond what this column can mean; correct it or leave it empty")


def _bounded(cell: Cell, limits: Limits) -> Cell:
    if isinstance(cell, str) and len(cell) > limits.cell_chars:
        return Unreadable(
            f"a cell of {len(cell):,} characters; at most {limits.cell_chars:,} are read"
        )
    return cell


def _text(value: Any) -> Cell:
    if isinstance(value, Unreadable):
        return value
    if isinstance(value, float):
        return None if value != value else repr(value)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return Unreadable("bytes that are no UTF-8 text; write the column as text")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return Unreadable("a duration; write whole seconds, or a time of day as text such as 24:00")
    if isinstance(value, Decimal):
        # The zeros of a scale are none of the number: 300.000 would look like thousands.
        shown = format(value, "f")
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    return json_cell(value)


def read_workbook(content: bytes, table: str, known: Collection[str], limits: Limits) -> Content:
    """Columns and rows of a workbook: the sheet named after the table, else the first shown that names its columns.

    Other sheets are named in a note. Where no sheet names a column, the first that is shown is read.

    Raises:
        FileError: it is no workbook, locked by a password, or would expand beyond the limits.
    """
    _check_expansion(content, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
        wanted = [name for name in names if normal_name(name) == table]
        shown = [
            one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible
        ]
        candidates = wanted[:1] or shown or names
        sheet = book.get_sheet_by_name(candidates[0])
        for other in candidates[1:] if _names_none(sheet, known) else ():
            found = book.get_sheet_by_name(other)
            if not _names_none(found, known):
                sheet = found
                break
    except (CalamineError, IndexError, OSError) as error:
        raise FileError(
            "the file is no readable .xlsx workbook (a password, or another format); save it as .xlsx or CSV UTF-8"
        ) from error
    height, width = sheet.total_height, sheet.total_width
    if height > limits.rows or height * max(width, 1) > limits.file_bytes // 16:
        raise FileError(too_many_rows(limits))
    errors, bare = broken_cells(content, sheet.name)
    marks = dict.fromkeys(errors, _ERROR) | dict.fromkeys(bare, _UNCOMPUTED)
    return _sheet_content(sheet, [name for name in names if name != sheet.name], known, marks)


def _names_none(sheet: CalamineSheet, known: Collection[str]) -> bool:
    """Whether no line that could be a sheet's header names a column, as in a sheet of explanations."""
    if not known:
        return False
    top = sheet.to_python(skip_empty_area=False, nrows=1 + TITLE_LINES)
    return not any(named_columns(row, known) for row in top)


def _header(rows: Sequence[Sequence[Any]], first: int, known: Collection[str]) -> int:
    """Place of the header: below the first line where that names hardly a column and a line soon after it does."""
    if named_columns(rows[first], known) >= HEADER_NAMES:
        return first
    soon = range(first + 1, min(first + 1 + TITLE_LINES, len(rows)))
    return next(
        (place for place in soon if named_columns(rows[place], known) >= HEADER_NAMES), first
    )


def _check_expansion(content: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > limits.file_bytes:
                raise FileError(too_large(limits))
            check_extent(archive, limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise FileError("the file is no .xlsx workbook; save it as .xlsx or CSV UTF-8") from error


def _sheet_content(
    sheet: CalamineSheet,
    others: list[str],
    known: Collection[str],
    marks: Mapping[Place, Unreadable],
) -> Content:
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    first = next((i for i, row in enumerate(rows) if any(cell != "" for cell in row)), None)
    if first is None:
        return Content((), iter(()), encoding="Excel")
    top = _header(rows, first, known)
    columns = tuple(normal_name(str(cell)) for cell in rows[top])
    fault = too_many_columns(columns) or named_twice(columns)
    if fault:
        raise FileError(fault, top + 1)
    notes = [above_the_header(first + 1, top + 1)] if top > first else []
    if others:
        notes.append(
            f"only one sheet of {len(others) + 1} is read; put the others into files of their own"
        )
    nameless = [
        str(place + 1)
        for place, name in enumerate(columns)
        if not name and any(row[place] != "" for row in rows[top + 1 :])
    ]
    if nameless:
        places = ", ".join(nameless)
        notes.append(f"column {places} has no name in the header; what it holds is ignored")
    content = Content(columns, iter(()), encoding="Excel", notes=notes)
    _mark_merged(sheet, rows, top)
    for (row, place), mark in marks.items():
        if top < row < len(rows) and place < len(rows[row]):
            rows[row][place] = mark
    content.batches = _sheet_batches(rows, top + 1, content)
    return content


def _mark_merged(sheet: CalamineSheet, rows: list[list[Any]], top: int) -> None:
    """Cells that a merge covers look empty though a reader sees a value there: they are unreadable, not nothing."""
    for (first_row, first), (last_row, last) in sheet.merged_cell_ranges or ():
        for row in range(max(first_row, top + 1), min(last_row + 1, len(rows))):
            for place in range(first, min(last + 1, len(rows[row]))):
                if (row, place) != (first_row, first):
                    rows[row][place] = _MERGED


def _sheet_batches(rows: list[list[Any]], start: int, content: Content) -> Iterator[Batch]:
    columns = content.columns
    ids = [place for place, name in enumerate(columns) if name.endswith(("_id", "_ref"))]
    lines: list[int] = []
    kept: list[Sequence[Cell]] = []
    for place in range(start, len(rows)):
        cells = [_sheet_cell(cell) for cell in rows[place]]
        for column in ids:
            if isinstance(rows[place][column], date | time):
                cells[column] = _DATED
        if all(cell is None for cell in cells):
            continue
        if tuple(normal_name(str(cell or "")) for cell in rows[place]) == columns:
            content.notes.append(f"line {place + 1} is the header again; it is left out")
            continue
        lines.append(place + 1)
        kept.append(cells)
        if len(lines) == BATCH_ROWS:
            yield rows_to_batch(columns, lines, kept)
            lines, kept = [], []
    if lines:
        yield rows_to_batch(columns, lines, kept)


def _sheet_cell(value: Any) -> Cell:
    if isinstance(value, float | int) and not isinstance(value, bool):
        if abs(value) >= 10**15:
            return _ROUNDED
        # Excel keeps every number as a float; a whole one is shown, and meant, without its ".0".
        return str(int(value)) if float(value).is_integer() else repr(value)
    return None if value == "" else _text(value)
