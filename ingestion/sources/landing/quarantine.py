"""Refused rows: described in the published table, kept with their content in a protected folder only."""

from __future__ import annotations

import os
from collections.abc import Sequence, Set
from pathlib import Path

import orjson

from ingestion.canonical import tables
from ingestion.privacy import Pseudonymiser
from ingestion.sources.landing.cells import Refusal
from ingestion.unchanged import Row, row_hash

TABLE = "quarantined_records"
TYPES = {
    "record_id": "text",
    "tenant_id": "text",
    "source_system": "text",
    "table_name": "text",
    "file_name": "text",
    "line_no": "int",
    "column_name": "text",
    "reason": "text",
    "row_hash": "text",
    "ingested_at": "ts",
}
_MAX_NAME = 64
"""A tenant or system longer than this is something else in the wrong column, and would be published."""


def row(refusal: Refusal, pseudonymiser: Pseudonymiser) -> Row:
    """The published row of a refusal; its content is in ``record_id`` only as a keyed hash."""
    content = refusal.content or {}
    found: Row = {
        "tenant_id": _name(content.get("tenant_id")) or "*",
        "source_system": _name(content.get("source_system")) or "landing",
        "table_name": refusal.table,
        "file_name": refusal.file,
        "line_no": refusal.line,
        "column_name": refusal.column,
        "reason": refusal.reason,
    }
    found["record_id"], _ = pseudonymiser.body_fingerprint(row_hash(found | {"content": content}))
    return found


def _name(text: object) -> str | None:
    is_name = (
        isinstance(text, str)
        and len(text) <= _MAX_NAME
        and text.replace("_", "").replace("-", "").isalnum()
    )
    return text if is_name and isinstance(text, str) else None


def keep_content(
    folder: Path, refusals: Sequence[Refusal], kept: Set[tuple[str, str | None]]
) -> None:
    """Write refused rows, content included, to ``quarantine/landing`` (one file a table, replaced each run).

    Rows of ``kept`` files and tables (not read again) stay as they were written. Readable by the owner only from the
    first byte.
    """
    target = folder / "landing"
    by_table: dict[str, list[Refusal]] = {}
    for refusal in refusals:
        by_table.setdefault(refusal.table, []).append(refusal)
    for name in tables():
        path = target / f"{name}.jsonl"
        kept_files = {file for file, table in kept if table == name}
        lines = _lines(by_table.get(name, [])) + _kept_lines(path, kept_files)
        if not lines:
            path.unlink(missing_ok=True)
            continue
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(path, b"\n".join(sorted(set(lines))) + b"\n")


def _lines(refusals: Sequence[Refusal]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "file": refusal.file,
                "line": refusal.line,
                "column": refusal.column,
                "reason": refusal.reason,
                "row": refusal.content,
            }
        )
        for refusal in refusals
    ]


def _kept_lines(path: Path, kept_files: Set[str]) -> list[bytes]:
    if not kept_files or not path.is_file():
        return []
    return [line for line in path.read_bytes().splitlines() if _file_of(line) in kept_files]


def _file_of(line: bytes) -> str | None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return str(record.get("file")) if isinstance(record, dict) else None


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".partial")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
    temporary.replace(path)
