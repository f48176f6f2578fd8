"""The one writer of CSV files that people open in spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.errors import ConfigurationError
from orchestration.warehouse import engine_errors

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, in half and full width."""


def cell(value: Any) -> str:
    """A value as spreadsheets read it; text that they would take for a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def write_csv(path: Path, head: Iterable[Sequence[Any]], rows: Iterable[Sequence[Any]]) -> int:
    """Write lines above and rows of a table; the file is whole or not there.

    Args:
        path: where to; an existing file is replaced.
        head: lines above the rows, the header among them.
        rows: values.

    Returns:
        How many rows were written.

    Raises:
        ConfigurationError: the path cannot be written.
        DiskFullError: as the name says.
    """
    count = 0
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with engine_errors(path):
            try:
                # The mark tells spreadsheets that the text is UTF-8; names with accents would be garbled without it.
                with unfinished.open(
                    "w", encoding="utf-8-sig", errors="backslashreplace", newline=""
                ) as handle:
                    writer = csv.writer(handle)
                    writer.writerows([cell(value) for value in line] for line in head)
                    for row in rows:
                        writer.writerow([cell(value) for value in row])
                        count += 1
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"{path} cannot be written ({reason}): name a file in a folder that exists and is yours."
        ) from error
    return count
