"""What a run found out about each file of the landing folder, kept as table ``landing_files``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from ingestion.canonical import tables
from ingestion.warehouse_file import opened

TABLE = "landing_files"
TYPES = {
    "tenant_id": "text",
    "source_system": "text",
    "file_name": "text",
    "table_name": "text",
    "kind": "text",
    "state": "text",
    "rows_loaded": "int",
    "rows_refused": "int",
    "is_lost": "bool",
    "reason": "text",
    "notes": "json",
    "encoding": "text",
    "separator": "text",
    "fingerprint": "text",
    "profile": "text",
    "row_hash": "text",
    "ingested_at": "ts",
}
_STORED = (
    "file_name",
    "table_name",
    "rows_loaded",
    "rows_refused",
    "is_lost",
    "reason",
    "notes",
    "encoding",
    "separator",
    "fingerprint",
    "profile",
)


@dataclass
class FileReport:
    """One file: rows accepted and refused, whether it is lost (nothing of it is in force), and what was noticed.

    A file that a ``profile`` reads has one report for every table it fills. ``is_kept``: the file is as it was and was
    not read again.
    """

    file_name: str
    table_name: str | None
    rows_loaded: int = 0
    rows_refused: int = 0
    is_lost: bool = False
    reason: str | None = None
    notes: list[str] = field(default_factory=list)
    encoding: str | None = None
    separator: str | None = None
    fingerprint: str = ""
    profile: str | None = None
    is_kept: bool = False

    @property
    def part(self) -> str:
        """What the report is about, as `names.Found.part` says it."""
        return f"{self.file_name} ({self.table_name})" if self.profile else self.file_name

    @property
    def state(self) -> str:
        """ignored, lost (nothing of it is in force), unread (what was loaded before is), partly or loaded."""
        if self.table_name is None:
            return "ignored"
        if self.is_lost:
            return "lost"
        if self.reason is not None:
            return "unread"
        return "partly" if self.rows_refused else "loaded"

    def kept(self) -> FileReport:
        """The same report for a file that was not read again."""
        return replace(self, is_kept=True)

    def row(self) -> dict[str, Any]:
        """The row of the table, without what the load fills."""
        return {
            "tenant_id": "*",
            "source_system": "landing",
            "file_name": self.part,
            "table_name": self.table_name,
            "kind": tables()[self.table_name].kind if self.table_name else None,
            "state": self.state,
            "rows_loaded": self.rows_loaded,
            "rows_refused": self.rows_refused,
            "is_lost": self.is_lost,
            "reason": self.reason,
            "notes": orjson.dumps(self.notes).decode(),
            "encoding": self.encoding,
            "separator": self.separator,
            "fingerprint": self.fingerprint,
            "profile": self.profile,
        }


def stored_reports(warehouse: Path, dataset: str) -> dict[str, FileReport]:
    """Reports of the last finished load by their part; empty before the first."""
    with opened(warehouse) as connection:
        has = connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ?",
            [dataset, TABLE],
        ).fetchall()
        if not has:
            return {}
        # An earlier release knew no profiles.
        names = [name for name in _STORED if (name,) in has]
        rows = connection.execute(
            f'select {", ".join(names)} from "{dataset}"."{TABLE}"'
        ).fetchall()
    return {row[0]: _report(dict(zip(names, row, strict=True))) for row in rows}


def _report(row: dict[str, Any]) -> FileReport:
    if row.get("profile"):
        row["file_name"] = row["file_name"].removesuffix(f" ({row['table_name']})")
    return FileReport(**{**row, "notes": orjson.loads(row["notes"] or "[]")})
