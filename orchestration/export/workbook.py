"""Writes rows of one published table as a workbook, with the same lines and header as the CSV."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from ingestion.errors import ConfigurationError
from orchestration.csv_file import cell
from orchestration.export.persons import BeforeWriting
from orchestration.export.table import HEAD, Wanted, opened
from orchestration.warehouse import engine_errors

_MOST_ROWS = 1_048_576
_WIDEST = 42


def export_workbook(
    marts_file: Path, wanted: Wanted, path: Path, before: BeforeWriting | None = None
) -> int:
    """Write the wanted rows to an XLSX file; nothing is written when there are none.

    Args, Returns and Raises as :func:`orchestration.export.table.export`; besides:

    Raises:
        ConfigurationError: more rows than a sheet holds.
    """
    with opened(marts_file, wanted, before) as content, engine_errors(path):
        if content.count > _MOST_ROWS - len(HEAD) - 1:
            raise ConfigurationError(
                f"{content.count:,} rows are more than a sheet holds: narrow them down, or take the CSV."
            )
        book = xlsxwriter.Workbook(
            str(path),
            # texts of data are texts: no formula, no link, whatever they begin with
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        formats = {
            "head": book.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
            ),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = book.add_worksheet(wanted.table.rpartition(".")[2][:31])
        for place, (name, text) in enumerate(content.lines):
            sheet.write_string(place, 0, name)
            sheet.write_string(place, 1, str(text))
        for column, heading in enumerate(content.header):
            sheet.set_column(column, column, min(_WIDEST, max(10, len(heading) + 2)))
            sheet.write_string(len(HEAD), column, heading, formats["head"])
        count = 0
        for count, row in enumerate(content.rows, 1):
            for column, value in enumerate(row):
                _write(sheet, len(HEAD) + count, column, value, formats)
        sheet.freeze_panes(len(HEAD) + 1, 1)
        sheet.autofilter(len(HEAD), 0, len(HEAD) + count, len(content.header) - 1)
        book.close()
    return count


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, float(value))
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["day"])
    else:
        sheet.write_string(row, column, cell(str(value)))
