"""The canonical contract (catalogue §2), read from ``canonical.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACT_FILE = Path(__file__).parent / "canonical.yml"
_IDENTIFIERS = frozenset({"source_id", "from_value", "to_value", "deleted_by", "superseded_by"})
"""Columns that hold ids without saying so in their names."""

_COLUMN = re.compile(
    r"^(?P<type>text|int|numeric|bool|date|ts|json)(?P<required>\*)?"
    r"(?:\s+:(?P<form>zone|clock|currency|score|list|object))?"
    r"(?:\s+=(?P<default>\S+))?(?:\s+\[(?P<allowed>[^\]]*)\])?(?P<open>\s+\?)?"
    r"(?:\s+personal:(?P<personal>customer|session|text)(?:\((?P<when>\w*)=(?P<word>\w+)\))?)?$"
)


@dataclass(frozen=True)
class Personal:
    """How a column names a buyer (``customer``, ``session``) or what one wrote (``text``).

    ``when`` and ``word``: only in rows whose column ``when`` is ``word``; without ``when`` only where the value repeats
    the buyer in column ``word``; both null = in every row.
    """

    kind: str
    when: str | None = None
    word: str | None = None


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    ``type`` is one of text, int, numeric, bool, date, ts, json; ``form`` narrows a text or JSON column (zone, clock,
    currency, score, list, object; null = any); ``default`` fills an absent or empty value; ``allowed`` is the
    vocabulary (empty = free), enforced unless ``is_open``; ``personal`` is set where it names a buyer; ``meaning`` says
    what it is.
    """

    name: str
    type: str
    required: bool
    default: str | None
    allowed: tuple[str, ...]
    is_open: bool
    form: str | None = None
    personal: Personal | None = None
    meaning: str = ""

    @property
    def is_identifier(self) -> bool:
        """Whether the text names a thing of a source, so that joins depend on its exact spelling."""
        is_named = self.name.endswith(("_id", "_ref")) or self.name in _IDENTIFIERS
        return self.type == "text" and is_named and not self.allowed


@dataclass(frozen=True)
class Table:
    """One canonical table: ``kind`` is event, entity or rule; ``key`` excludes tenant and source system.

    ``meaning`` names its grain.
    """

    name: str
    kind: str
    key: tuple[str, ...]
    at: str | None
    columns: dict[str, Column]
    meaning: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """Columns that identify a row across the whole warehouse."""
        owner = ("tenant_id",) if self.kind == "rule" else ("tenant_id", "source_system")
        return owner + self.key

    @property
    def personal(self) -> dict[str, Personal]:
        """Columns that name a buyer; ``source_id`` is one where a buyer is the key of the table."""
        found = {name: one.personal for name, one in self.columns.items() if one.personal}
        if any(name in found for name in self.key):
            found["source_id"] = Personal("customer")
        return found


def _column(name: str, said: Mapping[str, str]) -> Column:
    spec = said["type"]
    match = _COLUMN.match(spec)
    if match is None:
        raise ValueError(f"canonical.yml: column {name} has an unreadable specification: {spec!r}")
    allowed = tuple(
        value.strip().strip("\"'") for value in (match["allowed"] or "").split(",") if value.strip()
    )
    return Column(
        name,
        match["type"],
        bool(match["required"]),
        match["default"],
        allowed,
        bool(match["open"]),
        match["form"],
        Personal(match["personal"], match["when"], match["word"]) if match["personal"] else None,
        said["meaning"],
    )


@cache
def _contract() -> dict[str, Any]:
    # the parser in C where the library has it: each command reads the contract, and Python's takes a second for it
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    contract: dict[str, Any] = yaml.load(CONTRACT_FILE.read_text(encoding="utf-8"), loader)  # noqa: S506 - a safe loader
    return contract


@cache
def envelope() -> dict[str, Column]:
    """Columns that every canonical table carries besides its own (catalogue §2)."""
    return {name: _column(name, spec) for name, spec in _contract()["envelope"].items()}


@cache
def tables() -> dict[str, Table]:
    """All canonical tables by name."""
    return {
        name: Table(
            name,
            spec["kind"],
            tuple(spec["key"]),
            spec.get("at"),
            {column: _column(column, said) for column, said in spec["columns"].items()},
            spec["meaning"],
        )
        for name, spec in _contract().items()
        if name != "envelope"
    }
