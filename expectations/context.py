"""Great Expectations on a read-only DuckDB file, without a project folder, telemetry or progress bars.

GX closes its connection before it fetches; duckdb-engine then loses the result on the rollback that follows
(great_expectations issue 11579: every expectation fails with "list index out of range"). A reader needs no
transactions, so the dialect below has none. Delete it when the issue is closed and the tests pass without it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context import EphemeralDataContext

_DRIVER = "duckdb.without_transactions"


class ReadingDialect(Dialect):  # type: ignore[misc] # duckdb-engine is untyped
    """duckdb-engine's dialect, with transactions that do nothing."""

    supports_statement_cache = False

    def connect(self, *arguments: Any, **parameters: Any) -> Any:
        """duckdb-engine's connection, on which row order costs nothing.

        GX asks for a few unexpected rows with ``limit``; over a join DuckDB 2.0.0 then waits for ever unless it may
        ignore the order of rows. Delete it when ``tests/expectations`` ends without it on a later DuckDB.
        """
        connection = super().connect(*arguments, **parameters)
        connection.execute("set preserve_insertion_order = false")
        return connection

    def do_begin(self, connection: Any) -> None:
        """Nothing to begin on a read-only file."""

    def do_commit(self, connection: Any) -> None:
        """Nothing to commit on a read-only file."""

    def do_rollback(self, connection: Any) -> None:
        """A rollback would discard the rows that GX has yet to fetch."""


registry.register(_DRIVER, __name__, "ReadingDialect")


class Gate:
    """One GX context on one database file; closing it frees the file for writers."""

    def __init__(self, file: Path) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        # Importing GX takes seconds, so only those who check pay for it.
        import great_expectations as gx

        self.context: EphemeralDataContext = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = {"globally": False}
        self._source = self.context.data_sources.add_sql(
            "file",
            # SQLAlchemy decodes addresses, and GX takes a dollar sign for a variable of its own.
            connection_string=f"duckdb+without_transactions:///{quote(str(file))}",
            kwargs={"connect_args": {"read_only": True}},
        )

    def batch(self, name: str, query: str) -> BatchDefinition:
        """The result of a small query as the batch of a suite."""
        # GX accepts only texts that begin with "select ", and our profiles begin with their CTEs.
        asset = self._source.add_query_asset(name, query=f"select * from ({query}) as profile")
        return asset.add_batch_definition_whole_table("all")

    def close(self) -> None:
        """Close what GX opened: the engine that evaluates and the one that only checks the connection."""
        self._source.get_execution_engine().close()
        self._source.get_engine().dispose()


@contextmanager
def gate_on(file: Path) -> Iterator[Gate]:
    """A gate for the block."""
    gate = Gate(file)
    try:
        yield gate
    finally:
        gate.close()
