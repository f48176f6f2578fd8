"""Everything in the raw tables that is made with the privacy key, and how it follows a rotation in place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.canonical import tables

Change = Callable[[str], str]

_NOT_LOADED = ["raw_checks", "raw_ledger", "raw_identity"]
_HASHES = ("subject_hash", "comment_hash", "body_hash")
_NESTED = ("author", "body_hash")
"""Within the nested comments of a ticket event (``ingestion/sources/zendesk/comments.py``)."""
_HASH = re.compile(r"[0-9a-f]{32}")
_REFUSAL = re.compile(r"([0-9a-f]{24})-([0-9a-f]{24})")


@dataclass(frozen=True)
class _Place:
    """A column, what stands in it (pseudonym, document, refusal), and in which of its rows."""

    schema: str
    table: str
    column: str
    kind: str
    condition: str = "true"


def has_pseudonyms(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether there are raw tables that hold any."""
    return any(True for _ in _places(connection))


def rehash(connection: duckdb.DuckDBPyConnection, followed: Change) -> int:
    """Replace every pseudonym, fingerprint and refusal's id; returns how many different values moved.

    Args:
        connection: within the transaction that also says how far the warehouse is.
        followed: a hash as it is after the rotation.
    """
    changes = _changes(followed)
    # What is told by another column of its row goes before that column.
    places = sorted(_places(connection), key=lambda place: place.condition == "true")
    return sum(_replace(connection, place, changes[place.kind]) for place in places)


def _changes(followed: Change) -> dict[str, Change]:
    """How a value of each kind moves; what is no hash of ours stays."""

    def pseudonym(text: str) -> str:
        # A session is told by two of them, an author by its role; what stands for somebody forgotten stays.
        parts = text.split(":")
        return ":".join(followed(part) if _HASH.fullmatch(part) else part for part in parts)

    def refusal(text: str) -> str:
        parts = _REFUSAL.fullmatch(text)
        return "-".join(map(followed, parts.groups())) if parts else text

    def document(text: str) -> str:
        return json.dumps(walked(json.loads(text)), ensure_ascii=False, separators=(",", ":"))

    def walked(value: Any) -> Any:
        if isinstance(value, list):
            return [walked(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: pseudonym(item) if name in _NESTED and isinstance(item, str) else walked(item)
            for name, item in value.items()
        }

    return {"pseudonym": pseudonym, "refusal": refusal, "document": document}


def _places(connection: duckdb.DuckDBPyConnection) -> Iterator[_Place]:
    found = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where starts_with(schema_name, 'raw_') "
        "and not list_contains(?, schema_name) and data_type = 'VARCHAR' order by all",
        [_NOT_LOADED],
    ).fetchall()
    for schema, table, column in found:
        vendor = schema.removesuffix("_staging")
        if vendor == "raw_landing":
            yield from _landing_place(schema, table, column)
        elif table == "quarantined_records":
            if column == "record_id":
                yield _Place(schema, table, column, "refusal")
        elif column.endswith("_ref") or column in _HASHES:
            yield _Place(schema, table, column, "pseudonym")
        elif (vendor, column) == ("raw_zendesk", "comments"):
            yield _Place(schema, table, column, "document")


def _landing_place(schema: str, table: str, column: str) -> Iterator[_Place]:
    """What the contract calls personal is hashed on the way in; other hashes were made by whoever wrote the file."""
    if (table, column) == ("quarantined_records", "record_id"):
        yield _Place(schema, table, column, "pseudonym")
    contract = tables().get(table)
    personal = contract.personal.get(column) if contract else None
    if personal is None:
        return
    condition = "true"
    if personal.when:
        condition = f"\"{personal.when}\" = '{personal.word}'"
    elif personal.word:
        condition = f'"{column}" = "{personal.word}"'
    yield _Place(schema, table, column, "pseudonym", condition)


def _replace(connection: duckdb.DuckDBPyConnection, place: _Place, change: Change) -> int:
    address, name = f'"{place.schema}"."{place.table}"', f'"{place.column}"'
    stored = connection.execute(
        f"select distinct {name} from {address} where {name} is not null and {place.condition}"
    ).fetchall()
    moves = [(value, new) for (value,) in stored if (new := change(value)) != value]
    if moves:
        before, after = (list(side) for side in zip(*moves, strict=True))
        connection.register("moves", pa.table({"before": before, "after": after}))
        connection.execute(
            f"update {address} set {name} = moves.after from moves "
            f"where {address}.{name} = moves.before and {place.condition}"
        )
        connection.unregister("moves")
    return len(moves)
