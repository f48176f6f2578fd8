"""Checks rows of text against the canonical contract and gives them their types; never a whole file for one bad row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from ingestion.canonical import ENVELOPE_TYPES, Column, Table
from ingestion.sources.landing.files import LandingFile, Refusal
from ingestion.unchanged import Row, row_hash

_TRUE = {"true", "t", "1", "yes"}
_FALSE = {"false", "f", "0", "no"}
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)
_DEFAULT_SOURCE = "manual"  # rules belong to the tenant, so their files need not name a system


class BadValueError(ValueError):
    """A value that the contract refuses; the text is the reason."""


def _instant(text: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValueError(f"{text!r} is no ISO-8601 instant") from error
    instant = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    if not _EARLIEST <= instant < _LATEST:
        raise BadValueError(f"{text!r} lies outside the years 1900 to 9998")
    return instant


def _date(text: str) -> date:
    try:
        return (
            date.fromisoformat(text[:10])
            if len(text) > 10 and text[10] in "T "
            else date.fromisoformat(text)
        )
    except ValueError as error:
        raise BadValueError(f"{text!r} is no ISO-8601 date") from error


def _bool(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise BadValueError(f"{text!r} is neither true nor false")


def _int(text: str) -> int:
    try:
        number = Decimal(text)
        whole = int(number)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise BadValueError(f"{text!r} is no whole number") from error
    if whole != number or not -(2**63) <= whole < 2**63:
        raise BadValueError(f"{text!r} is no whole number")
    return whole


def _numeric(text: str) -> Decimal:
    try:
        number = Decimal(text)
        if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
            raise BadValueError(f"{text!r} is no number that fits 18 digits with 6 decimals")
        return number.quantize(Decimal("0.000001"))
    except InvalidOperation as error:
        raise BadValueError(f"{text!r} is no number") from error


def _json(text: str) -> str:
    try:
        return orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONDecodeError as error:
        raise BadValueError(f"{text[:40]!r} is no JSON") from error


_CASTS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "int": _int,
    "numeric": _numeric,
    "bool": _bool,
    "date": _date,
    "ts": _instant,
    "json": _json,
}


def validate(file: LandingFile, table: Table) -> tuple[list[Row], list[Refusal]]:
    """Typed rows of a file (columns of the contract and the envelope) and the refusals.

    A missing required column refuses the file as one refusal on line 0.
    """
    missing = [name for name in _required_columns(table) if name not in file.columns]
    if missing and (file.rows or file.columns):
        reason = f"the file lacks the required column {', '.join(missing)}; it has {', '.join(file.columns)}"
        return [], [*file.refusals, Refusal(table.name, file.path.name, 0, missing[0], reason)]
    rows, refusals = [], list(file.refusals)
    for line, text_row in file.rows:
        row, faults = _typed(text_row, table)
        faults.extend(_table_faults(row, table) if not faults else [])
        if faults:
            refusals.extend(
                Refusal(table.name, file.path.name, line, column, reason, dict(text_row))
                for column, reason in faults
            )
        else:
            rows.append(row)
    return rows, refusals


def _required_columns(table: Table) -> list[str]:
    owner = ["tenant_id"] if table.kind == "rule" else ["tenant_id", "source_system"]
    own = [
        column.name
        for column in table.columns.values()
        if column.required and column.default is None
    ]
    if table.at == "occurred_at":
        own.append("occurred_at")
    return owner + own


def _typed(text_row: dict[str, str | None], table: Table) -> tuple[Row, list[tuple[str, str]]]:
    row: Row = {}
    faults: list[tuple[str, str]] = []
    for name, type_ in ENVELOPE_TYPES.items():
        if name in {"row_hash", "load_id"}:
            continue  # the load fills them; a file's own values would defeat change detection
        row[name] = _cast(name, type_, text_row.get(name), faults)
    if row["source_system"] is None and table.kind == "rule":
        row["source_system"] = _DEFAULT_SOURCE
    for name in ("tenant_id", "source_system"):
        if row[name] is None:
            faults.append((name, f"{name} is empty"))
    for column in table.columns.values():
        text = text_row.get(column.name)
        if text is None and column.default is not None:
            text = column.default
        row[column.name] = _cast(column.name, column.type, text, faults)
        faults.extend(_column_faults(column, row[column.name], text))
    _fill(row, table)
    if row["occurred_at"] is None and table.at == "occurred_at":
        faults.append(("occurred_at", "occurred_at is empty"))
    return row, faults


def _cast(name: str, type_: str, text: str | None, faults: list[tuple[str, str]]) -> Any:
    if text is None:
        return None
    try:
        return _CASTS[type_](text)
    except BadValueError as error:
        faults.append((name, str(error)))
        return None


def _column_faults(column: Column, value: Any, text: str | None) -> list[tuple[str, str]]:
    if text is None:
        return [(column.name, f"{column.name} is empty")] if column.required else []
    if column.allowed and not column.is_open and value is not None and value not in column.allowed:
        allowed = ", ".join(column.allowed)
        return [(column.name, f"{text!r} is not one of {allowed}")]
    return []


def _fill(row: Row, table: Table) -> None:
    if row["source_id"] is None:
        row["source_id"] = (
            "|".join("" if row[name] is None else str(row[name]) for name in table.key)
            or row["tenant_id"]
        )
    if row["occurred_at"] is None and table.at and table.at != "occurred_at":
        row["occurred_at"] = row[table.at]
    if row["is_deleted_in_source"] is None:
        row["is_deleted_in_source"] = False


def _table_faults(row: Row, table: Table) -> list[tuple[str, str]]:
    if table.name == "sla_targets":
        given = [row["target_seconds"] is not None, row["target_business_days"] is not None]
        if sum(given) != 1:
            return [
                (
                    "target_seconds",
                    "exactly one of target_seconds and target_business_days must be set",
                )
            ]
    if table.name == "calendar_hours" and not 1 <= row["weekday"] <= 7:
        return [("weekday", f"weekday {row['weekday']} is not between 1 (Monday) and 7")]
    if table.name == "tickets" and row["merged_into_ticket_id"] == row["ticket_id"]:
        return [("merged_into_ticket_id", "a ticket cannot be merged into itself")]
    return []


def newest_by_identity(rows: list[Row], table: Table) -> list[Row]:
    """One row per identity: the newest by ``source_updated_at``, then by content, whatever the order of the file."""
    best: dict[tuple[Any, ...], tuple[tuple[Any, ...], Row]] = {}
    for row in rows:
        identity = tuple(row[name] for name in table.identity)
        rank = (row["source_updated_at"] or _EARLIEST, row_hash(row))
        if identity not in best or rank > best[identity][0]:
            best[identity] = (rank, row)
    return [row for _, row in best.values()]
