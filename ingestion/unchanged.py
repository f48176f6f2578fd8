"""Drops rows the warehouse already holds with the same content, so that re-reading a look-back changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa

Row = dict[str, Any]
Key = tuple[Any, ...]


def row_hash(row: Row, volatile: Iterable[str] = ()) -> str:
    """Content hash (32 hex) of a row without its volatile columns (those that move without a change of meaning)."""
    skipped = {*volatile, "row_hash", "ingested_at"}
    return content_hash({name: value for name, value in row.items() if name not in skipped})


def content_hash(content: Row) -> str:
    """Hash (32 hex) of what a row says, nothing left out."""
    dumped = orjson.dumps(
        content, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    )
    return hashlib.blake2b(dumped, digest_size=16).hexdigest()


def stored_rows(
    warehouse: Path, dataset: str, table: str, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The named columns of a raw table as tuples; empty while the file or the table does not exist."""
    if not warehouse.exists():
        return []
    with duckdb.connect(str(warehouse)) as connection:
        if not _column_types(connection, dataset, table):
            return []
        names = ", ".join(f'"{name}"' for name in columns)
        return connection.execute(f'select {names} from "{dataset}"."{table}"').fetchall()


def stored_columns(warehouse: Path, dataset: str) -> dict[str, set[str]]:
    """Names of the columns of each table of a dataset; empty while the file does not exist."""
    if not warehouse.exists():
        return {}
    with duckdb.connect(str(warehouse)) as connection:
        found = connection.execute(
            "select table_name, list(column_name) from duckdb_columns() where schema_name = ? group by table_name",
            [dataset],
        ).fetchall()
    return {table: set(columns) for table, columns in found}


def _column_types(
    connection: duckdb.DuckDBPyConnection, dataset: str, table: str
) -> dict[str, str]:
    """Types of a table's columns; empty while it does not exist."""
    found = connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = ? and table_name = ?",
        [dataset, table],
    ).fetchall()
    return dict(found)


class UnchangedFilter:
    """Compares each page with the raw table before it is loaded.

    For every row: sets ``row_hash``, carries over ``ingested_at`` of the row first loaded under this key (else the
    run's as-of), and drops the row when the stored hash is the same. Within a run the last different version of a
    key is kept in order; declare ``dedup_sort`` on the vendor's change time so that the merge keeps the newest.
    """

    def __init__(
        self,
        warehouse: Path,
        dataset: str,
        table: str,
        key: Sequence[str],
        as_of: datetime,
        volatile: Iterable[str] = (),
    ) -> None:
        self._warehouse = warehouse
        self._dataset = dataset
        self._table = table
        self._key = tuple(key)
        self._as_of = as_of
        self._volatile = tuple(volatile)
        self._seen: dict[Key, str] = {}
        self._types: dict[str, str] | None = None

    def rows(self, items: Iterable[Row]) -> list[Row]:
        """The new and changed rows of a page, completed with ``row_hash`` and ``ingested_at``."""
        hashed = [(self._key_of(row), row, row_hash(row, self._volatile)) for row in items]
        stored = self._stored({key for key, _, _ in hashed})
        kept = []
        for key, row, digest in hashed:
            old_hash, old_ingested_at = stored.get(key, (None, None))
            if self._seen.get(key, old_hash) == digest:
                continue
            self._seen[key] = digest
            row["row_hash"] = digest
            row["ingested_at"] = old_ingested_at or self._as_of
            kept.append(row)
        return kept

    def _key_of(self, row: Row) -> Key:
        return tuple(row.get(name) for name in self._key)

    def _stored(self, keys: set[Key]) -> dict[Key, tuple[str, datetime]]:
        if not keys or not self._warehouse.exists():
            return {}
        with duckdb.connect(str(self._warehouse)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            if self._types is None:
                self._types = _column_types(connection, self._dataset, self._table)
            if not self._types:
                return {}
            wanted = list(keys)
            columns = {f"k{i}": [key[i] for key in wanted] for i in range(len(self._key))}
            try:
                page = pa.table({"place": range(len(wanted))} | columns)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                # Keys of mixed types equal nothing we hold; the border behind us names the broken one.
                return {}
            connection.register("wanted", page)
            # In the types of the table, so that a key is equal by value, however either side would write it.
            condition = " and ".join(
                f'stored."{name}" is not distinct from cast(wanted.k{i} as {self._types[name]})'
                for i, name in enumerate(self._key)
            )
            found = connection.execute(
                "select wanted.place, stored.row_hash, stored.ingested_at"
                f' from "{self._dataset}"."{self._table}" as stored join wanted on {condition}'
            ).fetchall()
        return {wanted[place]: (digest, ingested_at) for place, digest, ingested_at in found}
