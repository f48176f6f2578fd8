"""Canonical rows, typed and indexed: the only input of the oracle.

``read_landing`` reads csv and jsonl files named after canonical tables; ``read_warehouse`` reads the
canonical tables of a DuckDB warehouse row by row. Both give ``{table: [row]}`` with instants as
integers (microseconds since the epoch, UTC), dates as ``date``, json parsed, empty as ``None``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from tests.oracle.world.keys import join_persons, unlock

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_SHEETS = frozenset({"channel_teams", "agent_identities"})
"""Tables of sheets alone: no relation of their own, so that they are read as they were landed."""
Row = dict[str, Any]
Tables = dict[str, list[Row]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENVELOPE = {
    "tenant_id": ("text", None),
    "source_system": ("text", None),
    "source_updated_at": ("ts", None),
    "occurred_at": ("ts", None),
    "ingested_at": ("ts", None),
    "is_deleted_in_source": ("bool", "false"),
    "load_id": ("text", None),
}


def instant(value: Any) -> int | None:
    """Microseconds since the epoch of an ISO text or a datetime (without zone: UTC); null stays null."""
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    delta: timedelta = value - _EPOCH
    return (delta.days * 86400 + delta.seconds) * SECOND + delta.microseconds


def moment(value: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=value)


@cache
def columns(table: str) -> dict[str, tuple[str, str | None]]:
    """Type and default of every column of a canonical table, from the contract file."""
    found: dict[str, tuple[str, str | None]] = dict(_ENVELOPE)
    for name, said in _contract()[table]["columns"].items():
        spec = said["type"]
        words = spec.split(" [")[0].split()
        default = next((word[1:] for word in words if word.startswith("=")), None)
        found[name] = (words[0].rstrip("*"), default)
    return found


@cache
def _contract() -> dict[str, Any]:
    path = Path(__file__).parents[3] / "ingestion" / "canonical.yml"
    contract: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return contract


def vocabulary(table: str) -> dict[str, frozenset[str]]:
    """Allowed values of every column that has a closed vocabulary (a trailing ``?`` keeps any other text)."""
    found = {}
    for name, said in _contract()[table]["columns"].items():
        spec = said["type"]
        if " [" in spec and not spec.rstrip().endswith("?"):
            words = spec.split(" [", 1)[1].split("]")[0].split(",")
            found[name] = frozenset(word.strip().strip('"') for word in words)
    return found


def tables() -> list[str]:
    """Names of all canonical tables."""
    return [name for name in _contract() if name != "envelope"]


def typed(table: str, row: Mapping[str, Any]) -> Row:
    """One row with every contract column present, converted and filled with its default."""
    result: Row = {}
    for name, convert, default in _conversions(table):
        value = row.get(name)
        if value is None or value == "":
            value = default
        result[name] = None if value is None else convert(value)
    own_instant = _contract()[table].get("at")
    if result["occurred_at"] is None and own_instant:
        result["occurred_at"] = result[own_instant]
    if table == "satisfaction_responses" and result["sentiment"] is None:
        result["sentiment"] = _sentiment(result["scale"], str(result["raw_score"]))
    return result


def _sentiment(scale: str, score: str) -> str | None:
    word = score.strip().lower()
    if scale in ("binary", "amazon_yesno"):
        if word in ("good", "yes", "1", "true"):
            return "satisfied"
        return "dissatisfied" if word in ("bad", "no", "0", "false") else None
    if scale in ("stars5", "amazon_1to5"):
        stars = float(word)
        return "satisfied" if stars >= 4 else "neutral" if stars >= 3 else "dissatisfied"
    return None


def _boolean(value: Any) -> bool:
    return (
        value
        if isinstance(value, bool)
        else str(value).strip().lower() in ("true", "1", "t", "yes")
    )


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


_CONVERT: dict[str, Any] = {
    "text": str,
    "ts": instant,
    "bool": _boolean,
    "int": lambda value: int(float(value)),
    "numeric": float,
    "date": _day,
    "json": lambda value: json.loads(value) if isinstance(value, str) else value,
}


@cache
def _conversions(table: str) -> list[tuple[str, Any, str | None]]:
    return [(name, _CONVERT[kind], default) for name, (kind, default) in columns(table).items()]


def from_rows(raw: Mapping[str, Iterable[Mapping[str, Any]]]) -> Tables:
    """Typed tables from untyped rows; a key met twice keeps the last row (one row per source id)."""
    result: Tables = {}
    for table in tables():
        contract = _contract()[table]
        owner = ("tenant_id",) if contract["kind"] == "rule" else ("tenant_id", "source_system")
        key = owner + tuple(contract["key"])
        unique = {}
        for row in raw.get(table, ()):
            entry = typed(table, row)
            unique[tuple(entry[name] for name in key)] = entry
        result[table] = list(unique.values())
    return result


def read_landing(folder: Path) -> Tables:
    """All tables of a landing folder (csv and jsonl)."""
    raw: dict[str, list[Any]] = {}
    for table in tables():
        for path in sorted(folder.glob(f"{table}.*")):
            if path.suffix == ".csv":
                with path.open(newline="", encoding="utf-8") as stream:
                    raw.setdefault(table, []).extend(csv.DictReader(stream))
            elif path.suffix == ".jsonl":
                lines = path.read_text(encoding="utf-8").splitlines()
                raw.setdefault(table, []).extend(json.loads(line) for line in lines if line)
    return from_rows(raw)


def read_warehouse(path: Path) -> Tables:
    """All canonical tables of a warehouse file, whole and row by row; read once as long as the file stays as it is."""
    unlock(path.parent)
    about = path.stat()
    found = _read_warehouse(path, about.st_mtime_ns, about.st_size, about.st_ino)
    join_persons(found["agent_identities"])
    # rows of its own for whoever asked
    return {table: [dict(row) for row in rows] for table, rows in found.items()}


@lru_cache(maxsize=2)
def _read_warehouse(path: Path, *_version: int) -> Tables:
    import duckdb

    raw: dict[str, list[Any]] = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        known = {
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'canonical'"
            ).fetchall()
        }
        for table in tables():
            schema = "raw_landing" if table in _SHEETS else "canonical"
            if table in known or table in _SHEETS:
                cursor = connection.execute(f"select * from {schema}.{table}")
                names = [column[0] for column in cursor.description]
                raw[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        told = _tool_measures(connection) if "tool_measures" in known else []
        found = from_rows(raw) | {"tool_measures": told}
        tenants = [row["tenant_id"] for row in found["tenants"]]
        return found | _loads(connection, tenants)


def _loads(connection: Any, tenants: list[str]) -> Tables:
    """Which connector made which load and when each was looked at: of the warehouse, so every tenant has them."""
    loads, looks = [], []
    for schema, table in connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where starts_with(table_schema, 'raw_') and table_name in ('_dlt_loads', 'source_looks')"
    ).fetchall():
        if table == "source_looks":
            looks = connection.execute(
                f"select connector, looked_at from {schema}.{table}"
            ).fetchall()
        else:
            found = connection.execute(f"select load_id from {schema}.{table}").fetchall()
            loads += [(load_id, schema.removeprefix("raw_")) for (load_id,) in found]
    return {
        "load_connectors": [
            {"tenant_id": tenant, "load_id": load_id, "connector": connector}
            for tenant in tenants
            for load_id, connector in loads
        ],
        "source_looks": [
            {"tenant_id": tenant, "connector": connector, "looked_at": instant(at)}
            for tenant in tenants
            for connector, at in looks
        ],
    }


def _tool_measures(connection: Any) -> list[Row]:
    """What helpdesks measured themselves; no table of the contract, because landing files have no such thing."""
    names = ("tenant_id", "source_system", "ticket_id", "started_at", "first_replied_at")
    rows = connection.execute(f"select {', '.join(names)} from canonical.tool_measures").fetchall()
    return [
        {
            name: instant(value) if name.endswith("_at") else value
            for name, value in zip(names, row, strict=True)
        }
        for row in rows
    ]
