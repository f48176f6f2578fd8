"""Dagster's event log in SQLite, with connections that stay open.

A run of this project stores some two thousand events: one or more for each table and check. Dagster's own storage
opens, sets up and closes a connection for each of them, which took a third of a small run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

_KEPT_SHARDS = 4
"""The index and the runs in progress; a shard is one file for each run."""


class KeptConnectionsEventLog(SqliteEventLogStorage):
    """The same files and tables as Dagster's default storage; a connection lives until its shard is pushed out."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(*arguments, **named)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptConnectionsEventLog:
        """As ``dagster.yaml`` configures it."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # Overrides the base class, which reads and writes only through this method.
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
            )
            event.listen(engine, "connect", _write_ahead)
        self._engines[shard] = engine
        while len(self._engines) > _KEPT_SHARDS:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def dispose(self) -> None:
        """Close every connection."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _write_ahead(connection: Any, _record: Any) -> None:
    # In write-ahead mode a crash cannot corrupt the file without a sync at every commit; at worst the last events miss.
    connection.execute("pragma synchronous = normal")
