"""Connections to the warehouse while sources are pulled: one file, opened once, shared by all of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.in_memory import in_memory


@contextmanager
def opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in UTC; an empty database in memory while the file does not exist.

    Opening the file loads its whole catalogue (about 100 ms); while `held_open` is active it is loaded already.
    """
    if not warehouse.exists():
        with in_memory() as connection:
            yield connection
        return
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@contextmanager
def held_open(warehouse: Path) -> Iterator[None]:
    """Keep the file's instance alive for the block (creating the file), so that other connections cost next to nothing.

    Nobody else may open the file meanwhile, so the block ends before dbt begins.
    """
    with duckdb.connect(str(warehouse)):
        yield
