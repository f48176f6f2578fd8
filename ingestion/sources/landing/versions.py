"""Which version of a row wins: within the folder, and against what is stored.

The newest ``version_at`` wins: ``source_updated_at``, and where a row has none the date of its file (period in its
name, else its modification time); then the later file, then the later line. A row never goes back behind what is
stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.canonical import Table
from ingestion.in_memory import in_memory
from ingestion.sources.landing.cells import Refusal
from ingestion.sources.landing.names import Found
from ingestion.sources.landing.validation import Identity, arrow_schema, column_types
from ingestion.warehouse_file import opened

VERSION = "version_at"
_OWN = ("line_no", "file_no", "tie_no")


@dataclass
class Winners:
    """One row per identity, and the rows that lost although nothing but their place decides."""

    rows: pa.Table
    losers: list[Refusal] = field(default_factory=list)


@dataclass
class Changes:
    """Rows that are new or changed against the warehouse; rows of the folder older than what is stored."""

    rows: pa.Table
    stale: int = 0
    silent: int = 0
    """Changed although their ``source_updated_at`` is the stored one."""


def load_types(table: Table) -> dict[str, str]:
    """Columns that go to the warehouse: the contract's, and the version by which the next file is compared."""
    return column_types(table) | {VERSION: "ts"}


def winners(table: Table, parts: Sequence[tuple[Found, Sequence[pa.Table]]]) -> Winners:
    """Choose among all rows of the folder.

    Args:
        table: the canonical table.
        parts: typed rows (with ``line_no``) of each file, in the order of files.
    """
    names = ", ".join(f'"{name}"' for name in table.identity)
    incoming = _incoming(table, parts)
    with in_memory() as connection:
        connection.register("incoming", incoming)
        connection.execute(
            f"""
            create temp table ranked as
            select *, row_number() over best as place, first_value(row_hash) over best as best_hash,
                first_value({VERSION}) over best as best_version, first_value(file_no) over best as best_file,
                first_value(line_no) over best as best_line, first_value(tie_no) over best as best_tie,
                first_value(source_updated_at) over best as best_updated_at
            from incoming
            window best as (
                partition by {names} order by {VERSION} desc, file_no desc, line_no desc
                rows between unbounded preceding and unbounded following
            )
            """
        )
        columns = ", ".join(f'"{name}"' for name in load_types(table))
        rows: pa.Table = connection.sql(
            f"select {columns} from ranked where place = 1 order by file_no, line_no"
        ).to_arrow_table()
        lost = connection.execute(
            f"""
            select file_no, line_no, best_file, best_line, source_updated_at is not null
            from ranked
            where place > 1 and row_hash <> best_hash and {VERSION} = best_version
                and (file_no = best_file or tie_no = best_tie
                    or (source_updated_at is not null and best_updated_at is not null))
            order by file_no, line_no
            """
        ).fetchall()
    schema = arrow_schema(load_types(table))
    return Winners(rows.cast(schema), [_loser(table, parts, *row) for row in lost])


def _incoming(table: Table, parts: Sequence[tuple[Found, Sequence[pa.Table]]]) -> pa.Table:
    ties: dict[tuple[Any, Any], int] = {}
    tables = []
    for number, (found, batches) in enumerate(parts):
        tie = ties.setdefault((found.known_at, found.period_end), len(ties))
        for batch in batches:
            count = batch.num_rows
            own = batch.column("source_updated_at")
            known = pa.scalar(found.known_at, pa.timestamp("us", tz="UTC"))
            version = own.fill_null(known)
            tables.append(
                batch.append_column(VERSION, version)
                .append_column("file_no", pa.array([number] * count, pa.int64()))
                .append_column("tie_no", pa.array([tie] * count, pa.int64()))
            )
    if not tables:
        own_types = dict.fromkeys(_OWN, "int")
        return arrow_schema(column_types(table) | own_types | {VERSION: "ts"}).empty_table()
    return pa.concat_tables(tables)


def _loser(
    table: Table,
    parts: Sequence[tuple[Found, Sequence[pa.Table]]],
    file_no: int,
    line: int,
    best_file: int,
    best_line: int,
    has_updated_at: bool,
) -> Refusal:
    name, best = parts[file_no][0].name, parts[best_file][0].name
    place = f"line {best_line}" if name == best else f"{best} line {best_line}"
    same = "the same key and source_updated_at" if has_updated_at else "the same key"
    reason = f"{place} has {same} but other values, and is the one in force; remove one of them"
    return Refusal(table.name, name, line, table.key[0] if table.key else "tenant_id", reason)


def changes(
    warehouse: Path, dataset: str, table: Table, rows: pa.Table, as_of: datetime
) -> Changes:
    """The rows that the warehouse does not have like this, with ``ingested_at`` of the first time they were seen."""
    if not rows.num_rows:
        return Changes(rows)
    on = " and ".join(
        f'stored."{name}" is not distinct from incoming."{name}"' for name in table.identity
    )
    with opened(warehouse) as connection:
        stored = f'"{dataset}"."{table.name}"'
        has = _columns(connection, dataset, table.name)
        if not has:
            stored = "(select * from incoming where false)"
        version = (
            f"coalesce(stored.{VERSION}, stored.source_updated_at)"
            if VERSION in has
            else ("stored.source_updated_at")
        )
        connection.register("incoming", rows)
        columns = ", ".join(
            f'incoming."{name}"' for name in load_types(table) if name != "ingested_at"
        )
        compared: pa.Table = connection.sql(
            f"""
            select {columns}, coalesce(stored.ingested_at, $as_of::timestamptz) as ingested_at,
                stored.row_hash is not null and incoming.{VERSION} < {version} as is_stale,
                stored.row_hash is not null and incoming.source_updated_at = stored.source_updated_at as is_silent
            from incoming left join {stored} as stored on {on}
            where incoming.row_hash is distinct from stored.row_hash
            """,
            params={"as_of": as_of.isoformat()},
        ).to_arrow_table()
        connection.unregister("incoming")
    stale = compared.column("is_stale").to_pylist()
    silent = compared.column("is_silent").to_pylist()
    kept = compared.filter(pa.array([not old for old in stale], pa.bool_()))
    return Changes(
        kept.select(list(load_types(table))).cast(arrow_schema(load_types(table))),
        sum(map(bool, stale)),
        sum(bool(s) and not bool(old) for s, old in zip(silent, stale, strict=True)),
    )


def stored_identities(warehouse: Path, dataset: str, table: Table) -> set[Identity]:
    """Identities of the rows that are in force in the warehouse; none where the table is not there."""
    names = ", ".join(f'"{name}"' for name in table.identity)
    with opened(warehouse) as connection:
        try:
            # every reference table asks: a look into the list of all columns each time is most of a small load
            found = connection.execute(f'select {names} from "{dataset}"."{table.name}"').fetchall()
        except duckdb.CatalogException:
            return set()
    return set(found)


def _columns(connection: duckdb.DuckDBPyConnection, dataset: str, table: str) -> set[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?",
        [dataset, table],
    ).fetchall()
    return {name for (name,) in found}
