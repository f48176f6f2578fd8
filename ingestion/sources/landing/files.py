"""Reads landing files into rows of text with their line numbers; what cannot be read becomes a refusal."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from ingestion.canonical import tables

SUFFIXES = (".csv", ".jsonl", ".parquet")
_csv_field_limit = 16 * 1024 * 1024


@dataclass(frozen=True)
class Refusal:
    """One refused row (or file, line 0): where it stands, which column, why."""

    table: str
    file: str
    line: int
    column: str | None
    reason: str
    content: dict[str, Any] | None = None


@dataclass
class LandingFile:
    """A landing file read as text.

    ``rows`` are (line number, {column: text or None}); a column absent from the file is absent from the dict.
    """

    table: str
    path: Path
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, dict[str, str | None]]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def table_of(path: Path) -> str | None:
    """Canonical table a file belongs to: its name up to the first dot (``tickets.2026-10.csv`` → tickets)."""
    name = path.name.split(".", 1)[0]
    return name if name in tables() and path.suffix in SUFFIXES else None


def discover(folder: Path) -> tuple[list[Path], list[Path]]:
    """Landing files of a folder in name order, and the files that are none (unknown table or suffix)."""
    known: list[Path] = []
    unknown: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            (known if table_of(path) else unknown).append(path)
    return known, unknown


def read(path: Path) -> LandingFile:
    """Read one landing file of any supported suffix."""
    table = table_of(path)
    if table is None:
        raise ValueError(f"{path.name} is not named after a canonical table")
    result = LandingFile(table, path)
    try:
        {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}[path.suffix](result)
    except (UnicodeDecodeError, csv.Error, OSError, ValueError) as error:
        result.rows.clear()
        result.refusals.append(
            Refusal(table, path.name, 0, None, f"the file cannot be read: {error}")
        )
    return result


def _read_csv(result: LandingFile) -> None:
    csv.field_size_limit(_csv_field_limit)
    with result.path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        header = tuple(name.strip() for name in next(reader, []))
        result.columns = header
        if len(set(header)) != len(header):
            raise ValueError("the header names a column twice")
        for line, cells in _numbered(reader):
            if not cells:
                continue
            if len(cells) != len(header):
                reason = f"the row has {len(cells)} fields, the header {len(header)}"
                content = dict(zip(header, cells, strict=False))
                result.refusals.append(
                    Refusal(result.table, result.path.name, line, None, reason, content)
                )
                continue
            result.rows.append(
                (line, {name: cell or None for name, cell in zip(header, cells, strict=True)})
            )


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    line = reader.line_num + 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _read_jsonl(result: LandingFile) -> None:
    columns: dict[str, None] = {}
    with result.path.open("rb") as handle:
        for line, raw in enumerate(handle, start=1):
            if not raw.strip():
                continue
            try:
                record = orjson.loads(raw)
            except orjson.JSONDecodeError as error:
                result.refusals.append(
                    Refusal(result.table, result.path.name, line, None, f"no JSON: {error}")
                )
                continue
            if not isinstance(record, dict):
                result.refusals.append(
                    Refusal(
                        result.table, result.path.name, line, None, "the line is no JSON object"
                    )
                )
                continue
            columns.update(dict.fromkeys(record))
            result.rows.append((line, {name: _text(value) for name, value in record.items()}))
    result.columns = tuple(columns)


def _read_parquet(result: LandingFile) -> None:
    file = pq.ParquetFile(result.path)
    result.columns = tuple(file.schema_arrow.names)
    line = 0
    for batch in file.iter_batches():
        for record in batch.to_pylist():
            line += 1
            result.rows.append((line, {name: _text(value) for name, value in record.items()}))


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return orjson.dumps(value, default=str).decode()
    return str(value)
