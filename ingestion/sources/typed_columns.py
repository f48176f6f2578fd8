"""Declared columns of raw tables for dlt and Arrow: types are frozen, a value of another one is told by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from ingestion.errors import ContractError

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
ENVELOPE = {"_tenant_id": "text", "row_hash": "text", "ingested_at": "timestamp"}
"""What every raw table has beside the vendor's columns."""
_REFUSED = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError)


def column_hints(
    columns: Mapping[str, str], key: Sequence[str], newest_by: str | None
) -> dict[str, dict[str, Any]]:
    """Column hints for dlt: type, nullability of the key, and which of two versions in one load is kept."""
    hints: dict[str, dict[str, Any]] = {
        name: {"data_type": kind, "nullable": name not in key}
        for name, kind in {**columns, **ENVELOPE}.items()
    }
    if newest_by:
        hints[newest_by]["dedup_sort"] = "desc"
    return hints


def arrow_schema(columns: Mapping[str, str], key: Sequence[str]) -> pa.Schema:
    """The declared columns and the envelope, in this order."""
    return pa.schema(
        [
            pa.field(name, ARROW_TYPES[kind], nullable=name not in key)
            for name, kind in {**columns, **ENVELOPE}.items()
        ]
    )


def typed_array(
    vendor: str,
    column: str,
    kind: str,
    values: Sequence[Any],
    record: Callable[[int], str],
) -> pa.Array:
    """The values of a column in exactly its declared type.

    Args:
        vendor: whose columns they are.
        column: table and column, with a dot between.
        kind: declared type: text, bigint, bool or timestamp; instants are ISO-8601 texts, or aware ones of ours.
        values: in the order of the rows.
        record: names the record of a row by its key.

    Raises:
        ContractError: the vendor sent another type than declared; nothing is loaded.
    """
    try:
        return _typed(kind, values)
    except _REFUSED as error:
        place = next(i for i, value in enumerate(values) if not _fits(kind, value))
        raise ContractError(
            f"{vendor} {column} is declared {kind} but the vendor sent a {type(values[place]).__name__} at"
            f" {record(place)}; nothing of this load was kept. Check the vendor's change log, then adapt the column in"
            f" ingestion/sources/{vendor}/columns.py and rebuild that table."
        ) from error


def _typed(kind: str, values: Sequence[Any]) -> pa.Array:
    if kind != "timestamp":
        return pa.array(values, ARROW_TYPES[kind])
    # A bare number would pass for microseconds since 1970: instants are texts with a zone, or aware instants of ours.
    if all(value is None or isinstance(value, datetime) for value in values):
        return pa.array(values, ARROW_TYPES[kind])
    return pa.array(values, pa.string()).cast(ARROW_TYPES[kind])


def _fits(kind: str, value: Any) -> bool:
    try:
        _typed(kind, [value])
    except _REFUSED:
        return False
    return True
