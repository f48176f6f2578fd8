"""What the warehouse already holds: drops unchanged rows, keeps the first ``ingested_at``, marks vanished ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.config import IngestionSettings
from ingestion.sources.typed_columns import ARROW_TYPES, ENVELOPE
from ingestion.sources.zendesk.columns import RawTable

Row = tuple[Any, ...]
_REMEMBERED_KEYS = 20_000


class LoadedRows:
    """Compares pages of one table with the rows loaded before.

    Memory stays bounded however long the export is: within a run only recent keys are remembered (overlapping
    pages are neighbours), what repeats later is settled by the merge. The join prunes by key range, so a page of
    recent ids does not scan the whole table.
    """

    def __init__(
        self, settings: IngestionSettings, dataset: str, table: RawTable, tenant_id: str
    ) -> None:
        self._settings = settings
        self._relation = f'"{dataset}"."{table.name}"'
        self._address = [dataset, table.name]
        self._table = table
        self._tenant_id = tenant_id
        self._positions = [list(table.columns).index(name) for name in table.key]
        self._recent: dict[Row, str] = {}
        self._older: dict[Row, str] = {}
        self._has_rows: bool | None = None

    def is_ready(self) -> bool:
        """Whether the raw table exists with every declared column."""
        if not self._settings.warehouse.exists():
            return False
        with self._connect() as connection:
            found = connection.execute(
                "select column_name from information_schema.columns where table_schema = ? and table_name = ?",
                self._address,
            ).fetchall()
        return {*self._table.columns, *ENVELOPE} <= {name for (name,) in found}

    def changed(self, rows: Sequence[Row]) -> pa.Table | None:
        """New and changed rows of a page with their envelope as an Arrow table; None when there are none."""
        keyed = [(tuple(row[i] for i in self._positions), row) for row in rows]
        stored = self._stored([key for key, _ in keyed])
        kept: list[Row] = []
        hashes: list[str] = []
        first_seen: list[datetime] = []
        for key, row in keyed:
            digest = self._table.hash_of(row)
            known = self._recent.get(key) or self._older.get(key)
            old_digest, ingested_at = stored.get(key, (None, self._settings.as_of))
            if digest == (known or old_digest):
                continue
            self._remember(key, digest)
            kept.append(row)
            hashes.append(digest)
            first_seen.append(ingested_at)
        if not kept:
            return None
        return self._table.to_arrow(kept, hashes, self._tenant_id, first_seen)

    def vanished(self, present: Sequence[Row]) -> list[Row]:
        """Stored rows of a snapshot that the vendor no longer lists, with ``missing_since`` = the run's as-of.

        Rows whose ``missing_since`` is set already stay as they are.
        """
        if not self._holds_rows():
            return []
        keys = {tuple(row[i] for i in self._positions) for row in present}
        gone_at = list(self._table.columns).index("missing_since")
        names = ", ".join(_as_sent(name, kind) for name, kind in self._table.columns.items())
        with self._connect() as connection:
            stored = connection.execute(
                f"select {names} from {self._relation} where missing_since is null"
            ).fetchall()
        lost = [row for row in stored if tuple(row[i] for i in self._positions) not in keys]
        at = self._settings.as_of.isoformat()
        return [(*row[:gone_at], at, *row[gone_at + 1 :]) for row in lost]

    def _remember(self, key: Row, digest: str) -> None:
        if len(self._recent) >= _REMEMBERED_KEYS:
            self._older, self._recent = self._recent, {}
        self._recent[key] = digest

    def _stored(self, keys: Sequence[Row]) -> dict[Row, tuple[str, datetime]]:
        if not keys or not self._holds_rows():
            return {}
        columns = list(zip(*keys, strict=True))
        wanted = pa.table(
            {
                f"k{i}": pa.array(column, ARROW_TYPES[self._table.columns[name]])
                for i, (name, column) in enumerate(zip(self._table.key, columns, strict=True))
            }
        )
        names = ", ".join(f"wanted.k{i}" for i in range(len(columns)))
        condition = " and ".join(
            f'stored."{name}" = wanted.k{i}' for i, name in enumerate(self._table.key)
        )
        with self._connect() as connection:
            connection.register("wanted", wanted)
            found = connection.execute(
                f"select {names}, stored.row_hash, stored.ingested_at"
                f" from {self._relation} as stored join (select distinct * from wanted) as wanted on {condition}"
            ).fetchall()
        return {row[:-2]: (row[-2], row[-1]) for row in found}

    def _holds_rows(self) -> bool:
        if self._has_rows is None:
            self._has_rows = self._settings.warehouse.exists() and self._count() > 0
        return self._has_rows

    def _count(self) -> int:
        with self._connect() as connection:
            exists = connection.execute(
                "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
                self._address,
            ).fetchall()
            if not exists[0][0]:
                return 0
            counted = connection.execute(f"select count(*) from {self._relation}").fetchall()
        return int(counted[0][0])

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self._settings.warehouse))
        connection.execute("set TimeZone = 'UTC'")
        return connection


def _as_sent(name: str, kind: str) -> str:
    """Instants come back as the text the vendor sent, so that hashing and conversion see the same value."""
    if kind == "timestamp":
        return f"strftime(\"{name}\", '%Y-%m-%dT%H:%M:%SZ')"
    return f'"{name}"'
