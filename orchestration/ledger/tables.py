"""Tables of the ledger and their copy in the warehouse, schema ``raw_ledger``, which dbt reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.in_memory import in_memory
from orchestration.ledger.accepting import adopt_unsigned
from orchestration.ledger.anchor import remember_in_warehouse, warehouse_marks
from orchestration.ledger.chain import Ledger
from orchestration.ledger.columns import SCHEMA, TABLES
from orchestration.ledger.look_back import look_back_of
from orchestration.warehouse import engine_errors, parquet_rows

__all__ = [
    "SCHEMA",
    "TABLES",
    "fill_raw_ledger",
    "ledger_instant",
    "ledger_of",
    "newest",
    "rows_of",
    "table_of",
]


def ledger_of(home: Path) -> Ledger:
    """The ledger of a data folder."""
    return Ledger(home / "ledger")


def table_of(name: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows of a ledger table with its types; what a row does not name is null."""
    columns = TABLES[name]
    with in_memory() as connection:
        listed = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
        connection.execute(f"create temp table rows_of_a_table ({listed})")
        if rows:
            marks = ", ".join("?" for _ in columns)
            connection.executemany(
                f"insert into rows_of_a_table values ({marks})",
                [[row.get(column) for column in columns] for row in rows],
            )
        return connection.sql("select * from rows_of_a_table").to_arrow_table()


def ledger_instant(instant: datetime) -> datetime:
    """An instant as the tables hold it: UTC without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def rows_of(home: Path, table: str) -> Iterator[dict[str, Any]]:
    """Rows of a table of the ledger in the order they were written."""
    for _, path in ledger_of(home).files(table):
        with in_memory() as connection:
            cursor = connection.execute(f"select * from {parquet_rows(path)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield dict(zip(names, row, strict=True))


def newest(home: Path, table: str, column: str) -> datetime | None:
    """The latest instant (aware, UTC) in a column of a table; None when it has no rows.

    Raises:
        LedgerError: the ledger does not verify.
    """
    parts = [
        f'select "{column}" as instant from {parquet_rows(path)}'
        for _, path in ledger_of(home).files(table)
    ]
    if not parts:
        return None
    with in_memory() as connection:
        found = connection.execute(
            f"select max(instant) from ({' union all '.join(parts)})"
        ).fetchall()
    instant: datetime | None = found[0][0]
    return instant.replace(tzinfo=UTC) if instant else None


def fill_raw_ledger(home: Path) -> None:
    """Copy the ledger into the warehouse, whole, in one transaction; an empty ledger gives empty tables.

    A look-back gets what was recorded up to its instant in the home it looks back from.

    Raises:
        LedgerError: the ledger does not verify, or it is behind what the warehouse remembers of it.
    """
    past = look_back_of(home)
    ledger = ledger_of(past.home if past else home)
    warehouse = home / "warehouse.duckdb"
    with engine_errors(warehouse), duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        ledger.verify(() if past else warehouse_marks(connection, warehouse))
        if past is None:
            adopt_unsigned(ledger)
            ledger.remember()
        connection.execute("begin")
        connection.execute(f"create schema if not exists {SCHEMA}")
        for table, columns in TABLES.items():
            listed = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
            connection.execute(
                f"create or replace table {SCHEMA}.{table} ({listed}, ledger_seq bigint)"
            )
            for seq, path in ledger.files(table):
                connection.execute(
                    f"insert into {SCHEMA}.{table} by name select *, {seq} as ledger_seq "
                    f"from {parquet_rows(path)}"
                )
        if past is not None:
            _forget_later(connection, ledger_instant(past.as_of))
        remember_in_warehouse(connection, ledger.links)
        connection.execute("commit")


_INSTANTS = {
    "closes": "closed_at",
    "facts": "recorded_at",
    "restatements": "detected_at",
    "restatement_reviews": "recorded_at",
    "actions": "recorded_at",
    "signoffs": "signed_at",
    "acknowledgements": "acknowledged_at",
}
"""When a row of a table was known; a snapshot is known with its close."""


def _forget_later(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    for table, column in _INSTANTS.items():
        connection.execute(f"delete from {SCHEMA}.{table} where {column} > ?", [as_of])
    connection.execute(
        f"delete from {SCHEMA}.snapshots where close_id not in (select close_id from {SCHEMA}.closes)"
    )
