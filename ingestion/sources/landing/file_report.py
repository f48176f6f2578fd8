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
)


@dataclass
class FileReport:
    """One file: rows accepted and refused, whether it is lost (nothing of it is in force), and what was noticed.

    ``is_kept``: the file is as it was and was not read again.
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
    is_kept: bool = False

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
            "file_name": self.file_name,
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
        }


def stored_reports(warehouse: Path, dataset: str) -> dict[str, FileReport]:
    """Reports of the last finished load by file name; empty before the first."""
    with opened(warehouse) as connection:
        has = connection.execute(
            "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?",
            [dataset, TABLE],
        ).fetchall()
        if not has[0][0]:
            return {}
        rows = connection.execute(
            f'select {", ".join(_STORED)} from "{dataset}"."{TABLE}"'
        ).fetchall()
    found = [dict(zip(_STORED, row, strict=True)) for row in rows]
    return {
        row["file_name"]: FileReport(**{**row, "notes": orjson.loads(row["notes"] or "[]")})
        for row in found
    }
