"""The warehouse follows the privacy key: stored pseudonyms are those of today's chain, and dbt finds the persons' key.

``raw_identity.person_keys`` has one row a version: what persons of the house are hashed with, derived from the privacy
key (:meth:`ingestion.privacy.Pseudonymiser.person_keys`), never that key itself. Its rows also say how far the stored
pseudonyms are: both change in one transaction, so a rotation that was broken off is finished by whoever comes next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.errors import ConfigurationError
from ingestion.privacy import KEY_VARIABLE, PersonKey, Pseudonymiser, key_file
from ingestion.rehashing import has_pseudonyms, rehash

SCHEMA, TABLE = "raw_identity", "person_keys"
_CREATE = f"""
create schema if not exists {SCHEMA};
create table if not exists {SCHEMA}.{TABLE} (
    version integer not null,
    inner_key varchar not null,
    outer_key varchar not null,
    is_current boolean not null,
    written_at timestamp not null
)
"""


class PrivacyKeyError(ConfigurationError):
    """The privacy key is not the one that the warehouse was filled with."""


def stored_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Number of privacy keys that the stored pseudonyms went through; 0 while the warehouse holds nothing."""
    stored = _stored(connection)
    if stored:
        return stored[-1].version
    # An earlier release loaded with its one key and left no note of it.
    return 1 if has_pseudonyms(connection) else 0


def written_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Version of the persons' key that a build of this file uses; 0 in files of releases that had none."""
    return max((key.version for key in _stored(connection)), default=0)


def is_behind(
    warehouse: Path, connection: duckdb.DuckDBPyConnection, pseudonymiser: Pseudonymiser
) -> bool:
    """Whether stored pseudonyms were made before the last rotation.

    Raises:
        PrivacyKeyError: they were made with another key.
    """
    _refuse_other(warehouse, _stored(connection), pseudonymiser.person_keys())
    return 0 < stored_version(connection) < pseudonymiser.version


def follow_keys(
    warehouse: Path, connection: duckdb.DuckDBPyConnection, pseudonymiser: Pseudonymiser
) -> int:
    """Bring stored pseudonyms and the persons' key to today's chain, in one transaction; returns how many values moved.

    Args:
        warehouse: the file, for messages.
        connection: open for writing.
        pseudonymiser: of today.

    Raises:
        PrivacyKeyError: the chain does not go on from the one that the warehouse was filled with.
    """
    wanted, stored = pseudonymiser.person_keys(), _stored(connection)
    if stored == wanted:
        return 0
    _refuse_other(warehouse, stored, wanted)
    version = stored_version(connection)
    with _transaction(connection):
        moved = 0
        if 0 < version < pseudonymiser.version:
            moved = rehash(connection, lambda digest: pseudonymiser.followed(digest, version))
        connection.execute(_CREATE)
        connection.execute(f"update {SCHEMA}.{TABLE} set is_current = false")
        now = datetime.now(UTC).replace(tzinfo=None)
        for key in wanted[len(stored) :]:
            is_current = key.version == pseudonymiser.version
            connection.execute(
                f"insert into {SCHEMA}.{TABLE} values (?, ?, ?, ?, ?)",
                [key.version, key.inner, key.outer, is_current, now],
            )
    return moved


def _refuse_other(warehouse: Path, stored: list[PersonKey], wanted: list[PersonKey]) -> None:
    if stored != wanted[: len(stored)]:
        raise PrivacyKeyError(
            f"The privacy key ({KEY_VARIABLE} or {key_file(warehouse.parent)}) is not the one that {warehouse} was "
            "filled with: put that one back, or remove the warehouse so that everything is read anew under other "
            "pseudonyms."
        )


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _stored(connection: duckdb.DuckDBPyConnection) -> list[PersonKey]:
    exists = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?",
        [SCHEMA, TABLE],
    ).fetchall()[0][0]
    if not exists:
        return []
    rows = connection.execute(
        f"select version, inner_key, outer_key from {SCHEMA}.{TABLE} order by version"
    ).fetchall()
    return [PersonKey(*row) for row in rows]
