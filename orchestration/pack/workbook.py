"""A document as a workbook: a sheet per table with real numbers, filters, frozen panes and native charts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from orchestration.pack.document import Cell, Document, Raw, Table
from orchestration.pack.drawing import COLOURS
from orchestration.pack.workbook_charts import insert_pareto, insert_statuses

FORMATS: Mapping[str, str] = {
    "text": "@",
    "percent": "0.00%",
    "points": "+0.00%;-0.00%;0.00%",
    "duration": "[h]:mm:ss",
    "number": "#,##0.00",
    "integer": "#,##0",
    "date": "yyyy-mm-dd",
}
"""Shares stay shares, durations are days as spreadsheets count them; the program that opens it localises both."""
DAY_SECONDS = 86400
HEAD_ROW = 3
"""Row of the column titles, counted from 0; above are title, state and hash."""
_WIDTHS = {"text": 26, "duration": 12, "integer": 10, "date": 12}
_NAME_LIMIT = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_MONTHS = 13
_TILES_ROW = 5


def workbook_of(document: Document) -> bytes:
    """The file's content; its dates are the instant of the data, so the same data make the same bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    created = datetime.fromisoformat(document.created).replace(tzinfo=None)
    book.set_properties(
        {
            "title": f"{document.title} · {document.tenant}",
            "subject": document.subtitle,
            "created": created,
        }
    )
    formats = _Formats(book)
    _cover(book, formats, document)
    for section in document.sections:
        for table in section.tables:
            _Sheet(book, formats, document, table).write()
    book.close()
    return buffer.getvalue()


class _Formats:
    """Cell formats of a workbook, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **properties})
        return self._made[key]

    def value(self, kind: str, tone: str) -> Any:
        """The format of a value; a status' colour is that of the other files."""
        wrapped = {"text_wrap": True} if kind == "text" else {}
        colour = {"font_color": COLOURS[tone]} if tone else {}
        return self(num_format=FORMATS[kind], **wrapped, **colour)


def _cover(book: xlsxwriter.Workbook, formats: _Formats, document: Document) -> None:
    sheet = book.add_worksheet(_sheet_name(document.title))
    _print_setup(sheet, document)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, document.tenant, formats(bold=True, font_color=COLOURS[""]))
    sheet.write_string(1, 0, document.title, formats(bold=True, font_size=20))
    sheet.write_string(2, 0, document.subtitle, formats(font_size=12))
    sheet.write_string(3, 0, _state(document), formats(bold=bool(document.mark)))
    row = _TILES_ROW
    for tile in document.tiles:
        colour = COLOURS[tile.tone]
        sheet.write_string(row, 0, tile.label, formats())
        sheet.write_number(row, 1, tile.raw, formats(bold=True, align="left", font_color=colour))
        row += 1
    for line in document.lines:
        row += 1
        sheet.write_string(row, 0, line.label, formats(bold=True, text_wrap=True))
        sheet.write_string(row, 1, line.text, formats(text_wrap=True))
    sheet.write_string(row + 2, 0, document.footer, formats(font_size=8))
    insert_statuses(book, sheet, _TILES_ROW, document.tiles, row + 4)


def _state(document: Document) -> str:
    return f"{document.mark} – {document.mark_note}" if document.mark else document.mark_note


def _print_setup(sheet: Any, document: Document) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    mark = f"&C&B{document.mark}" if document.mark else ""
    sheet.set_header(f"&L{_plain(document.tenant)} · {_plain(document.title)}{mark}")
    page = document.page.format(x="&P", y="&N")
    sheet.set_footer(f"&L&7{_plain(document.footer)}&R{page}")


def _plain(text: str) -> str:
    return text.replace("&", "&&")


def _sheet_name(title: str) -> str:
    return title.translate(_FORBIDDEN).strip()[:_NAME_LIMIT]


class _Sheet:
    """One table on its sheet."""

    def __init__(
        self, book: xlsxwriter.Workbook, formats: _Formats, document: Document, table: Table
    ) -> None:
        self._book, self._formats, self._document, self._table = book, formats, document, table
        self._sheet = book.add_worksheet(_sheet_name(table.sheet))
        self._name = _sheet_name(table.sheet)
        self._has_groups = bool(table.group_title) and any(group.title for group in table.groups)

    def write(self) -> None:
        """Titles, rows, filter, panes and charts."""
        document, sheet, formats = self._document, self._sheet, self._formats
        _print_setup(sheet, document)
        sheet.write_string(0, 0, self._table.title, formats(bold=True, font_size=14))
        sheet.write_string(1, 0, _state(document), formats(bold=bool(document.mark)))
        sheet.write_string(2, 0, document.footer, formats(font_size=8))
        titles = self._titles()
        head = formats(bold=True, font_color="#ffffff", bg_color=COLOURS[""], text_wrap=True)
        for column, title in enumerate(titles):
            sheet.write_string(HEAD_ROW, column, title, head)
        row = HEAD_ROW
        for group in self._table.groups:
            for cells in group.rows:
                row += 1
                self._row(row, group.title, cells)
        if row == HEAD_ROW:
            sheet.write_string(HEAD_ROW + 1, 0, self._table.empty, formats())
        else:
            sheet.autofilter(HEAD_ROW, 0, row, len(titles) - 1)
        if self._table.note:
            sheet.write_string(row + 2, 0, self._table.note, formats(font_size=8))
        sheet.freeze_panes(HEAD_ROW + 1, 1)
        sheet.repeat_rows(HEAD_ROW)
        self._widths(titles)
        self._charts(titles, row)

    def _titles(self) -> list[str]:
        titles = [self._table.group_title] if self._has_groups else []
        for column in self._table.columns:
            if len(column.parts) == _MONTHS:
                titles.append(column.title)
            titles += column.parts or (column.title,)
            if column.note:
                titles.append(column.note)
        return titles

    def _row(self, row: int, group: str, cells: Sequence[Cell]) -> None:
        place = 0
        if self._has_groups:
            self._sheet.write_string(row, 0, group, self._formats.value("text", ""))
            place = 1
        for cell, column in zip(cells, self._table.columns, strict=True):
            if len(column.parts) == _MONTHS:
                self._sparkline(row, place, cell)
                place += 1
            raws = cell.raws or (cell.text,)
            for raw in raws:
                self._value(row, place, raw, cell)
                place += 1
            if column.note:
                self._value(row, place, cell.note, Cell(""))
                place += 1

    def _value(self, row: int, column: int, raw: Raw, cell: Cell) -> None:
        if raw is None or raw == "":
            return
        if isinstance(raw, str):
            self._sheet.write_string(row, column, raw, self._formats.value("text", cell.tone))
        elif isinstance(raw, date):
            self._sheet.write_datetime(row, column, raw, self._formats.value("date", cell.tone))
        else:
            kind = "number" if cell.kind == "text" else cell.kind
            number = raw / DAY_SECONDS if kind == "duration" else raw
            if kind == "number" and float(raw).is_integer():
                kind = "integer"
            self._sheet.write_number(row, column, number, self._formats.value(kind, cell.tone))

    def _sparkline(self, row: int, column: int, cell: Cell) -> None:
        self._sheet.add_sparkline(
            row,
            column,
            {
                "range": f"'{self._name}'!{_span(row, column + 1, row, column + _MONTHS)}",
                "last_point": True,
                "last_color": COLOURS[cell.spark.tone if cell.spark else ""],
                "series_color": "#344054",
            },
        )

    def _widths(self, titles: Sequence[str]) -> None:
        widths = [max(11, min(24, len(title) + 3)) for title in titles]
        place = 1 if self._has_groups else 0
        if self._has_groups:
            widths[0] = 26
        for column in self._table.columns:
            size = len(column.parts or (column.title,)) + (len(column.parts) == _MONTHS)
            widths[place] = max(widths[place], round(column.weight * 11))
            place += size
            if column.note:
                widths[place] = 34
                place += 1
        for column_number, width in enumerate(widths):
            self._sheet.set_column(column_number, column_number, width)

    def _charts(self, titles: Sequence[str], last: int) -> None:
        if last == HEAD_ROW or self._table.chart != "pareto":
            return
        insert_pareto(self._book, self._sheet, HEAD_ROW, last, len(titles))


def _span(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    return str(xl_range_abs(first_row, first_column, last_row, last_column))
