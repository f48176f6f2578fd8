"""Access to the working file: one writer at a time, and engine errors as sentences a person can act on."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.damage import damaged_database
from ingestion.errors import (
    ConfigurationError,
    DeskhouseError,
    DiskFullError,
    EngineBrokenError,
    WarehouseLockedError,
)
from orchestration.locks import WRITER_LOCK, held_file
from orchestration.settings import WAREHOUSE_FILE

_UNWRITABLE = re.compile(r"Read-only file system|Permission denied|Operation not permitted")


def describe_engine_error(error: Exception, path: Path) -> DeskhouseError | None:
    """The expected failure behind an engine or system error, or None when it is not one of them.

    Args:
        error: what DuckDB or the operating system raised.
        path: the file that was being opened or written.
    """
    text = str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return disk_full(path)
    if "No space left on device" in text or "max_temp_directory_size" in text:
        return disk_full(path)
    if "Could not set lock" in text or "Conflicting lock" in text:
        holder = re.search(r"\(PID (\d+)\)", text)
        who = f"process {holder[1]}" if holder else "another process"
        return WarehouseLockedError(
            f"{path} is open in {who}: close it (BI tools belong on the published file), then run again."
        )
    broken = re.search(
        r"database has been invalidated.*?(?:Original error: (\"[^\"]*\"|.*))?$", text, re.S
    )
    if broken is not None:
        cause = f" ({broken[1].strip()})" if broken[1] else ""
        return EngineBrokenError(
            f"DuckDB broke off with an error of its own while {path} was written{cause}: run again, nothing that was "
            "loaded or published is lost; if it comes back, --full-refresh makes every table anew."
        )
    if _UNWRITABLE.search(text):
        place = getattr(error, "filename", None) or path
        return ConfigurationError(
            f"{place} cannot be written ({_UNWRITABLE.findall(text)[0]}): make its folder writable for you, or name "
            "another one in DESKHOUSE_HOME; nothing was changed."
        )
    return damaged_database(error, path / WAREHOUSE_FILE if path.is_dir() else path)


def disk_full(path: Path) -> DiskFullError:
    """The sentence for a full disk."""
    return DiskFullError(
        f"The disk that holds {path} is full: free some space or move DESKHOUSE_HOME, then run again; "
        "what was published stays as it was."
    )


@contextmanager
def engine_errors(path: Path) -> Iterator[None]:
    """Re-raise lock and disk errors of the block as named errors; everything else passes unchanged."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        known = describe_engine_error(error, path)
        if known is None:
            raise
        raise known from error


@contextmanager
def warehouse_lock(home: Path, wait_seconds: float = 0) -> Iterator[None]:
    """Exclusive right to write under ``home``; freed by the system when the process dies.

    Raises:
        WarehouseLockedError: another process still holds it after ``wait_seconds``.
    """
    with held_file(home / WRITER_LOCK, " ".join(["deskhouse", *sys.argv[1:2]]), wait_seconds):
        yield


def sql_text(value: object) -> str:
    """A value as a text literal of SQL, for statements that take no parameters, such as ``attach``."""
    return "'" + str(value).replace("'", "''") + "'"


def parquet_rows(path: Path) -> str:
    """The rows of one Parquet file, as SQL: no character of its path makes a pattern or a partition of it."""
    literal = sql_text(re.sub(r"([*?\[])", r"[\1]", str(path)))
    return f"read_parquet({literal}, hive_partitioning = false)"


@contextmanager
def open_read_only(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A reading connection in UTC as long as the block lasts; lock errors are translated."""
    connection = reading_connection(path)
    try:
        yield connection
    finally:
        connection.close()


def reading_connection(path: Path) -> duckdb.DuckDBPyConnection:
    """A reading connection in UTC, which the caller closes; lock errors are translated."""
    with engine_errors(path):
        connection = duckdb.connect(str(path), read_only=True)
    # A connect option fails: icu, which knows the zones, is loaded only once a connection exists. Cursors have it too.
    connection.execute("set global TimeZone = 'UTC'")
    # as in dbt's profile: of a union of many steps it takes half of all planning
    connection.execute("set disabled_optimizers = 'projection_pullup'")
    return connection


def raw_tables(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[str, str, int, list[str]]]:
    """What was loaded: schema, table, rows as the engine counts them, and columns as ``name type``, in their order.

    Tables that dlt keeps for itself, and those through which a load passes, are none of them.
    """
    return connection.execute(
        """
        select tables.schema_name, tables.table_name, any_value(tables.estimated_size),
            list(columns.column_name || ' ' || columns.data_type order by columns.column_index)
        from duckdb_tables() as tables
        inner join duckdb_columns() as columns using (schema_name, table_name)
        where starts_with(tables.schema_name, 'raw_') and not ends_with(tables.schema_name, '_staging')
            and not starts_with(tables.table_name, '_dlt')
        group by tables.schema_name, tables.table_name
        """
    ).fetchall()


def built_at(path: Path) -> datetime | None:
    """Instant that the monthly numbers of a built warehouse were judged at; None before the first build."""
    if not path.exists():
        return None
    with open_read_only(path) as connection:
        exists = connection.execute(
            "select count(*) from information_schema.tables "
            "where table_schema = 'governance_review' and table_name = 'kpi_monthly'"
        ).fetchall()[0][0]
        if not exists:
            return None
        found = connection.execute(
            "select max(as_of) from governance_review.kpi_monthly"
        ).fetchall()
    instant: datetime | None = found[0][0]
    return instant.replace(tzinfo=UTC) if instant else None
