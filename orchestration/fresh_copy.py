"""A database file written afresh: an engine leaves what was overwritten or deleted in blocks that it no longer uses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from ingestion.errors import DeskhouseError
from ingestion.plain_refs import needs_rewriting, note_rewritten
from orchestration.permissions import share_as
from orchestration.versions import sync_folder
from orchestration.warehouse import engine_errors, sql_text

BUILDING = ".rewriting-"
Change = Callable[[duckdb.DuckDBPyConnection], None]
_NUMBERS = "governance_review.kpi_monthly"


class RewritingError(DeskhouseError):
    """A fresh copy is not what it has to be; the file stays as it was."""


def rewrite(path: Path, change: Change | None = None) -> None:
    """Replace a database by a fresh copy of its tables and views, in one rename; a reader keeps the file it has open.

    Args:
        path: the file, which nobody else writes.
        change: what to alter in the copy first; it may change no monthly number and no count of rows.

    Raises:
        RewritingError: the copy differs in what must stay.
        DiskFullError: there is no room for the copies.
    """
    folder = path.with_name(f"{BUILDING}{path.stem}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        with engine_errors(path):
            fresh = _fresh(path, folder, change)
            share_as(fresh, path)
            with fresh.open("rb") as handle:
                os.fsync(handle.fileno())
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
            fresh.replace(path)
            sync_folder(path.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def rewrite_where_wanted(warehouse: Path) -> None:
    """Write the working file afresh after an upgrade that hashed people where they lay."""
    if needs_rewriting(warehouse):
        rewrite(warehouse)
        note_rewritten(warehouse)


def _fresh(path: Path, folder: Path, change: Change | None) -> Path:
    # Views name the database they were made in, so both copies are called as the file is.
    work, fresh = folder / "work" / path.name, folder / "fresh" / path.name
    for place in (work, fresh):
        place.parent.mkdir(mode=0o700)
    for part in (path, path.with_name(f"{path.name}.wal")):
        if part.exists():
            shutil.copyfile(part, work.with_name(part.name))
    with duckdb.connect(str(work)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("checkpoint")
        if change is not None:
            change(connection)
            connection.execute("checkpoint")
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(work)} as changed (read_only)")
        version = _storage_version(connection)
        connection.execute(
            f"attach {sql_text(fresh)} as fresh (storage_version {sql_text(version)})"
        )
        connection.execute("copy from database changed to fresh")
        _compare(connection, path)
        connection.execute("checkpoint fresh")
        connection.execute("detach fresh")
    return fresh


def _storage_version(connection: duckdb.DuckDBPyConnection) -> str:
    tags = connection.execute(
        "select tags from duckdb_databases() where database_name = 'changed'"
    ).fetchall()[0][0]
    return str(dict(tags or {}).get("storage_version", "v1.0.0+")).rstrip("+")


def _compare(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Every table has its rows, and every monthly number is what it was in the file that is replaced."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'changed'"
    ).fetchall()
    for schema, table in tables:
        counts = [
            connection.execute(f'select count(*) from {database}."{schema}"."{table}"').fetchall()
            for database in ("changed", "fresh")
        ]
        if counts[0] != counts[1]:
            raise RewritingError(
                f"The fresh copy of {path} lacks rows of {schema}.{table}: the file stays as it was; run again."
            )
    if tuple(_NUMBERS.split(".")) not in tables:
        return
    connection.execute(f"attach {sql_text(path)} as before (read_only)")
    moved = connection.execute(
        f"select count(*) from (select * from before.{_NUMBERS} except all select * from fresh.{_NUMBERS})"
    ).fetchall()[0][0]
    connection.execute("detach before")
    if moved:
        raise RewritingError(
            f"{moved:,} monthly numbers of {path} would move: the file stays as it was; tell the maintainers."
        )
