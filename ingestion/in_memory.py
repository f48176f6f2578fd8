"""Questions about rows that lie in no database: one engine in memory for all of a process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb


@contextmanager
def in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in UTC without tables, which sees no temporary table or registered rows of another one.

    To start an engine takes 20 ms of a processor, more than most questions about a file of the landing folder or of the
    ledger; a connection to a running one takes a half. Whoever makes a table makes a temporary one, because any other
    would stay.
    """
    with _engine(os.getpid()).cursor() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@cache
def _engine(_process: int) -> duckdb.DuckDBPyConnection:
    # threads do not live on in a forked process, so that each has an engine of its own; and files are read from the
    # disk each time, because they may have been replaced
    return duckdb.connect(config={"enable_external_file_cache": "false"})
