"""Landing files: how a source without a connector enters, in canonical form (architecture §2, "Landing format").

Event tables are merged on their identity; a reference file (kind entity or rule) is complete, so a row that left the
file leaves the warehouse. A file that is absent changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import dlt
import orjson
import pyarrow as pa
from dlt.extract.resource import DltResource

from ingestion.canonical import ENVELOPE_TYPES, Table, tables
from ingestion.config import IngestionSettings
from ingestion.errors import ConfigurationError
from ingestion.sources.landing.files import LandingFile, Refusal, discover, read
from ingestion.sources.landing.validation import newest_by_identity, validate
from ingestion.unchanged import Row, UnchangedFilter, row_hash, stored_rows

DATASET = "raw_landing"
QUARANTINE = "quarantined_records"
_BATCH_ROWS = 50_000

logger = logging.getLogger(__name__)

_ARROW = {
    "text": pa.string(),
    "json": pa.string(),
    "int": pa.int64(),
    "numeric": pa.decimal128(18, 6),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "ts": pa.timestamp("us", tz="UTC"),
}
_DLT: dict[str, dict[str, Any]] = {
    "text": {"data_type": "text"},
    "json": {"data_type": "text"},
    "int": {"data_type": "bigint"},
    "numeric": {"data_type": "decimal", "precision": 18, "scale": 6},
    "bool": {"data_type": "bool"},
    "date": {"data_type": "date"},
    "ts": {"data_type": "timestamp"},
}
_QUARANTINE_TYPES = {
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


@dlt.source(name="landing", max_table_nesting=0)
def landing_source(settings: IngestionSettings, schema_only: bool = False) -> Any:
    """One resource per canonical table and one for refused rows.

    Raises ConfigurationError when the landing folder is configured but not there.
    """
    folder = None if schema_only else settings.landing_dir
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(
            f"The landing folder {folder} does not exist; create it or correct DESKHOUSE_LANDING_DIR."
        )
    known, unknown = discover(folder) if folder else ([], [])
    for path in unknown:
        logger.warning(
            "%s is named after no canonical table (or has no known suffix); it is ignored",
            path.name,
        )
    refusals: list[Refusal] = []
    by_table: dict[str, list[LandingFile]] = {}
    for path in known:
        file = read(path)
        by_table.setdefault(file.table, []).append(file)
    for name, table in tables().items():
        yield _table_resource(settings, table, by_table.get(name, []), refusals)
    # Declared last: the tables above have filled `refusals` by the time it is drawn, one after the other.
    yield _quarantine_resource(settings, folder is not None, refusals)


def _types(table: Table) -> dict[str, str]:
    own = {column.name: column.type for column in table.columns.values()}
    envelope = {name: type_ for name, type_ in ENVELOPE_TYPES.items() if name != "load_id"}
    return envelope | own | {"is_removed": "bool"}


def _columns(types: dict[str, str]) -> dict[str, Any]:
    return {name: {"name": name, "nullable": True, **_DLT[type_]} for name, type_ in types.items()}


def _table_resource(
    settings: IngestionSettings, table: Table, files: list[LandingFile], refusals: list[Refusal]
) -> DltResource:
    types = _types(table)
    columns = _columns(types)
    columns["is_removed"]["hard_delete"] = True

    def load() -> Iterator[Any]:
        yield _arrow([], types)  # an empty page makes the table exist, typed like the full ones
        if not files:
            return
        rows: list[Row] = []
        for file in files:
            good, bad = validate(file, table)
            rows.extend(good)
            refusals.extend(bad)
        rows = newest_by_identity(rows, table)
        removed = [] if table.kind == "event" else _removed(settings, table, rows, files)
        unchanged = UnchangedFilter(
            settings.warehouse, DATASET, table.name, table.identity, settings.as_of
        )
        for start in range(0, len(rows), _BATCH_ROWS):
            changed = unchanged.rows(rows[start : start + _BATCH_ROWS])
            if changed:
                yield _arrow(changed, types)
        if removed:
            yield _arrow(removed, types)

    return dlt.resource(
        load,
        name=table.name,
        primary_key=list(table.identity),
        write_disposition="merge",
        columns=columns,
        schema_contract={"tables": "evolve", "columns": "evolve", "data_type": "freeze"},
    )


def _removed(
    settings: IngestionSettings, table: Table, rows: list[Row], files: list[LandingFile]
) -> list[Row]:
    """Rows of a reference table that the file no longer has; none while any of its rows was refused whole."""
    if any(refusal.line == 0 for file in files for refusal in file.refusals):
        return []  # an unreadable file says nothing about what left it
    if not rows:
        return []
    present = {tuple(row[name] for name in table.identity) for row in rows}
    stored = stored_rows(settings.warehouse, DATASET, table.name, table.identity)
    return [
        dict(zip(table.identity, identity, strict=True)) | {"is_removed": True}
        for identity in stored
        if identity not in present
    ]


def _arrow(rows: list[Row], types: dict[str, str]) -> pa.Table:
    schema = pa.schema([(name, _ARROW[type_]) for name, type_ in types.items()])
    return pa.Table.from_pylist(rows, schema=schema)


def _quarantine_resource(
    settings: IngestionSettings, is_landing: bool, refusals: list[Refusal]
) -> DltResource:
    types = _QUARANTINE_TYPES | {"is_removed": "bool"}
    columns = _columns(types)
    columns["is_removed"]["hard_delete"] = True

    def load() -> Iterator[Any]:
        yield _arrow([], types)
        if not is_landing:
            return
        _keep_refused_content(settings, refusals)
        rows = {row["record_id"]: row for row in map(_quarantine_row, refusals)}
        stored = {
            row[0] for row in stored_rows(settings.warehouse, DATASET, QUARANTINE, ["record_id"])
        }
        unchanged = UnchangedFilter(
            settings.warehouse, DATASET, QUARANTINE, ["record_id"], settings.as_of
        )
        # A repaired line leaves the table: quarantine says what is wrong now, its folder keeps what was.
        healed = [{"record_id": record, "is_removed": True} for record in stored - rows.keys()]
        changed = unchanged.rows(list(rows.values())) + healed
        if changed:
            yield _arrow(changed, types)

    return dlt.resource(
        load, name=QUARANTINE, primary_key="record_id", write_disposition="merge", columns=columns
    )


def _quarantine_row(refusal: Refusal) -> Row:
    content = refusal.content or {}
    row: Row = {
        "tenant_id": content.get("tenant_id") or "*",
        "source_system": content.get("source_system") or "landing",
        "table_name": refusal.table,
        "file_name": refusal.file,
        "line_no": refusal.line,
        "column_name": refusal.column,
        "reason": refusal.reason,
    }
    row["record_id"] = row_hash(row | {"content": content})
    return row


def _keep_refused_content(settings: IngestionSettings, refusals: list[Refusal]) -> None:
    """Write refused rows, content included, to the quarantine folder (one file a table, replaced each run)."""
    folder = settings.quarantine_dir / "landing"
    by_table: dict[str, list[Refusal]] = {}
    for refusal in refusals:
        by_table.setdefault(refusal.table, []).append(refusal)
    for name in tables():
        path = folder / f"{name}.jsonl"
        if name not in by_table:
            path.unlink(missing_ok=True)
            continue
        folder.mkdir(parents=True, exist_ok=True)
        lines = [
            orjson.dumps(
                {
                    "file": refusal.file,
                    "line": refusal.line,
                    "column": refusal.column,
                    "reason": refusal.reason,
                    "row": refusal.content,
                }
            )
            for refusal in sorted(by_table[name], key=lambda one: (one.file, one.line))
        ]
        path.write_bytes(b"\n".join(lines) + b"\n")
        path.chmod(0o600)
