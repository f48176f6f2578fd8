"""The warehouse follows the privacy key: stored pseudonyms are those of today's chain, and dbt finds the persons' key.

``raw_identity.person_keys`` has one row a version: what persons of the house are hashed with, derived from the privacy
key (:meth:`ingestion.privacy.Pseudonymiser.person_keys`), never that key itself. Its rows also say how far the stored
pseudonyms are: both change in one transaction, so a rotation that was broken off is finished by whoever comes next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.errors import ConfigurationError
from ingestion.privacy import KEY_VARIABLE, PersonKey, Pseudonymiser, key_file

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
_NOT_OURS = ("raw_checks", "raw_ledger", SCHEMA)
_PSEUDONYM = re.compile(r"[0-9a-f]{32}")
_REFUSAL = re.compile(r"([0-9a-f]{24})-([0-9a-f]{24})")


class PrivacyKeyError(ConfigurationError):
    """The privacy key is not the one that the warehouse was filled with."""


def stored_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Number of privacy keys that the stored pseudonyms went through; 0 while the warehouse holds nothing."""
    stored = _stored(connection)
    if stored:
        return stored[-1].version
    # An earlier release loaded with its one key and left no note of it.
    return 1 if any(True for _ in _columns(connection)) else 0


def is_behind(connection: duckdb.DuckDBPyConnection, pseudonymiser: Pseudonymiser) -> bool:
    """Whether stored pseudonyms were made before the last rotation."""
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
    if stored != wanted[: len(stored)]:
        raise PrivacyKeyError(
            f"The privacy key ({KEY_VARIABLE} or {key_file(warehouse.parent)}) is not the one that {warehouse} was filled "
            "with: put that one back, or remove the warehouse so that everything is read anew under new pseudonyms."
        )
    version = stored_version(connection)
    with _transaction(connection):
        moved = _rehash(connection, pseudonymiser, version) if version else 0
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


def _rehash(
    connection: duckdb.DuckDBPyConnection, pseudonymiser: Pseudonymiser, version: int
) -> int:
    def followed(digest: str) -> str:
        return pseudonymiser.followed(digest, version)

    moved = 0
    for schema, table, column, kind in _columns(connection):
        moved += _replace(connection, (schema, table, column), _changers(followed)[kind])
    return moved


def _changers(followed: Callable[[str], str]) -> dict[str, Callable[[str], str]]:
    """How a value of each kind of column moves; what is no pseudonym of ours stays."""

    def pseudonym(text: str) -> str:
        return followed(text) if _PSEUDONYM.fullmatch(text) else text

    def refusal(text: str) -> str:
        parts = _REFUSAL.fullmatch(text)
        return "-".join(map(followed, parts.groups())) if parts else text

    def document(text: str) -> str:
        # The source writes these compactly; whatever else stands in them is kept in its order.
        return json.dumps(walked(json.loads(text)), ensure_ascii=False, separators=(",", ":"))

    def walked(value: Any) -> Any:
        if isinstance(value, list):
            return [walked(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: pseudonym(item)
            if isinstance(item, str) and name in _NESTED_PSEUDONYMS
            else walked(item)
            for name, item in value.items()
        }

    return {"pseudonym": pseudonym, "refusal": refusal, "document": document}


_NESTED_PSEUDONYMS = ("author", "body_hash")
"""Within the nested comments of a ticket event (``ingestion/sources/zendesk/comments.py``)."""


def _columns(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str, str]]:
    """Schema, table, column and kind of everything in the raw tables that is made with the privacy key."""
    found = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where starts_with(schema_name, 'raw_') "
        "and not list_contains(?, schema_name) and data_type = 'VARCHAR' order by all",
        [list(_NOT_OURS)],
    ).fetchall()
    for schema, table, column in found:
        kind = _kind(schema.removesuffix("_staging"), table, column)
        if kind:
            yield schema, table, column, kind


def _kind(schema: str, table: str, column: str) -> str | None:
    if table == "quarantined_records":
        return "refusal" if column == "record_id" and schema != "raw_landing" else None
    if schema == "raw_landing":
        # Other hashes of a landing file were made by whoever wrote it.
        return "pseudonym" if column == "customer_ref" else None
    if column.endswith("_ref") or column in ("subject_hash", "comment_hash", "body_hash"):
        return "pseudonym"
    return "document" if (schema, column) == ("raw_zendesk", "comments") else None


def _replace(
    connection: duckdb.DuckDBPyConnection, place: tuple[str, str, str], change: Callable[[str], str]
) -> int:
    schema, table, column = place
    address, name = f'"{schema}"."{table}"', f'"{column}"'
    old = [
        value
        for (value,) in connection.execute(
            f"select distinct {name} from {address} where {name} is not null"
        ).fetchall()
    ]
    moves = [(value, new) for value in old if (new := change(value)) != value]
    if moves:
        before, after = (list(side) for side in zip(*moves, strict=True))
        connection.register("moves", pa.table({"before": before, "after": after}))
        connection.execute(
            f"update {address} set {name} = moves.after from moves where {address}.{name} = moves.before"
        )
        connection.unregister("moves")
    return len(moves)
