"""Dagster's event log in SQLite, with connections that stay open.

A run of this project stores some eight hundred events, most of them twice: one or more for each table and check.
Dagster's own storage opens, sets up and closes a connection for each of them, which took a third of a small run.

``dagster.yaml`` names this class, as Dagster's reference has it for a storage of one's own; of Dagster nothing is used
but the class that the same reference names, and its methods without an underscore.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import URL, Connection, Engine, create_engine, event

_KEPT_SHARDS = 4
"""The index and the runs in progress; a shard is one file for each run."""
_INDEX = "index"
_BUSY_SECONDS = 30
"""How long a writer waits for another one; the five of SQLite's driver are few beside the daemon on a slow disk."""


class KeptConnectionsEventLog(SqliteEventLogStorage):
    """The same files and tables as Dagster's default storage; a connection lives until its shard is pushed out."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._engines: dict[str, Engine] = {}
        self._engines_lock = threading.Lock()
        super().__init__(*arguments, **named)

    @classmethod
    def from_config_value(
        cls, inst_data: Any, config_value: Mapping[str, Any]
    ) -> KeptConnectionsEventLog:
        """As ``dagster.yaml`` configures it."""
        return cls(inst_data=inst_data, **config_value)

    def conn_string_for_shard(self, shard_name: str) -> str:
        """Address of a shard's file; a folder may be named ``50%20``, which Dagster writes into it as it is."""
        path = Path(self.path_for_shard(shard_name))
        return URL.create("sqlite", database=str(path)).render_as_string()

    def run_connection(self, run_id: str | None = None) -> Any:
        """A transaction on the file of a run."""
        return self._kept(_INDEX if run_id is None else run_id)

    def index_connection(self) -> Any:
        """A transaction on the file that all runs share."""
        return self._kept(_INDEX)

    @contextmanager
    def _kept(self, shard: str) -> Iterator[Connection]:
        with self._engines_lock:
            engine = self._engines.pop(shard, None) or self._opened(shard)
            self._engines[shard] = engine
            while len(self._engines) > _KEPT_SHARDS:
                self._engines.pop(next(iter(self._engines))).dispose()
            with engine.begin() as connection:
                yield connection

    def _opened(self, shard: str) -> Engine:
        # Dagster makes and upgrades the tables of a file when it opens it.
        opening = super().index_connection() if shard == _INDEX else super().run_connection(shard)
        with opening:
            pass
        engine = create_engine(
            self.conn_string_for_shard(shard), connect_args={"timeout": _BUSY_SECONDS}
        )
        event.listen(engine, "connect", _write_ahead)
        return engine

    def dispose(self) -> None:
        """Close every connection."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _write_ahead(connection: Any, _record: Any) -> None:
    # In write-ahead mode a crash cannot corrupt the file without a sync at every commit; at worst the last events miss.
    connection.execute("pragma synchronous = normal")
