"""Drops rows the warehouse already holds with the same content, so that re-reading a look-back changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa

Row = dict[str, Any]


def row_hash(row: Row, volatile: Iterable[str] = ()) -> str:
    """Content hash (32 hex) of a row without its volatile columns (those that move without a change of meaning)."""
    skipped = {*volatile, "row_hash", "ingested_at"}
    content = {name: value for name, value in row.items() if name not in skipped}
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
        if not _exists(connection, dataset, table):
            return []
        names = ", ".join(f'"{name}"' for name in columns)
        return connection.execute(f'select {names} from "{dataset}"."{table}"').fetchall()


def _exists(connection: duckdb.DuckDBPyConnection, dataset: str, table: str) -> bool:
    found = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [dataset, table],
    ).fetchall()
    return bool(found[0][0])


def _as_the_warehouse_writes(value: Any) -> str:
    """A key value as DuckDB casts it to text (zone UTC), so that both sides of the comparison agree."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") + fraction + "+00"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


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
        self._seen: dict[tuple[str, ...], str] = {}
        self._table_exists: bool | None = None

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

    def _key_of(self, row: Row) -> tuple[str, ...]:
        return tuple(_as_the_warehouse_writes(row.get(name)) for name in self._key)

    def _stored(self, keys: set[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[str, datetime]]:
        if not keys or not self._warehouse.exists() or self._table_exists is False:
            return {}
        with duckdb.connect(str(self._warehouse)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            if self._table_exists is None:
                self._table_exists = _exists(connection, self._dataset, self._table)
                if not self._table_exists:
                    return {}
            wanted = pa.table({f"k{i}": [key[i] for key in keys] for i in range(len(self._key))})
            connection.register("wanted", wanted)
            condition = " and ".join(
                f"coalesce(cast(stored.\"{name}\" as varchar), '') = wanted.k{i}"
                for i, name in enumerate(self._key)
            )
            columns = ", ".join(f"wanted.k{i}" for i in range(len(self._key)))
            found = connection.execute(
                f"select {columns}, stored.row_hash, stored.ingested_at"
                f' from "{self._dataset}"."{self._table}" as stored join wanted on {condition}'
            ).fetchall()
        return {row[:-2]: (row[-2], row[-1]) for row in found}
