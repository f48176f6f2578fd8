"""The canonical contract (kpi-catalogue §2), read from ``canonical.yml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ENVELOPE_TYPES = {
    "tenant_id": "text",
    "source_system": "text",
    "source_id": "text",
    "occurred_at": "ts",
    "ingested_at": "ts",
    "source_updated_at": "ts",
    "is_deleted_in_source": "bool",
    "row_hash": "text",
    "load_id": "text",
}
"""Columns every canonical table carries besides its own (catalogue §2)."""

_COLUMN = re.compile(
    r"^(?P<type>text|int|numeric|bool|date|ts|json)(?P<required>\*)?"
    r"(?:\s+=(?P<default>\S+))?(?:\s+\[(?P<allowed>[^\]]*)\])?(?P<open>\s+\?)?$"
)


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    ``type`` is one of text, int, numeric, bool, date, ts, json; ``default`` fills an absent or empty value;
    ``allowed`` is the vocabulary (empty = free), enforced unless ``is_open``.
    """

    name: str
    type: str
    required: bool
    default: str | None
    allowed: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True)
class Table:
    """One canonical table: ``kind`` is event, entity or rule; ``key`` excludes tenant and source system."""

    name: str
    kind: str
    key: tuple[str, ...]
    at: str | None
    columns: dict[str, Column]

    @property
    def identity(self) -> tuple[str, ...]:
        """Columns that identify a row across the whole warehouse."""
        owner = ("tenant_id",) if self.kind == "rule" else ("tenant_id", "source_system")
        return owner + self.key


def _column(name: str, spec: str) -> Column:
    match = _COLUMN.match(spec)
    if match is None:
        raise ValueError(f"canonical.yml: column {name} has an unreadable specification: {spec!r}")
    allowed = tuple(
        value.strip().strip("\"'") for value in (match["allowed"] or "").split(",") if value.strip()
    )
    return Column(
        name, match["type"], bool(match["required"]), match["default"], allowed, bool(match["open"])
    )


@cache
def tables() -> dict[str, Table]:
    """All canonical tables by name."""
    raw: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "canonical.yml").read_text(encoding="utf-8")
    )
    return {
        name: Table(
            name,
            spec["kind"],
            tuple(spec["key"]),
            spec.get("at"),
            {column: _column(column, text) for column, text in spec["columns"].items()},
        )
        for name, spec in raw.items()
    }
