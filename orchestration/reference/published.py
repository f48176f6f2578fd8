"""The published tables as the parsed dbt project describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.publishing import PUBLISHED_SCHEMAS


@dataclass(frozen=True)
class Column:
    """A published column: its contracted type and what it means."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class PublishedModel:
    """A published table.

    ``keys`` are the lists of columns that a test or a constraint proves to be unique, the first being its own key;
    ``refers`` leads from a column to the ``table.column`` in which a test finds every value.
    """

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    refers: Mapping[str, str]

    @property
    def address(self) -> str:
        """Schema and name, as readers write them in a query."""
        return f"{self.schema}.{self.name}"


def published_models(manifest: Mapping[str, Any]) -> list[PublishedModel]:
    """Every published table by schema (in the order of publication) and name."""
    promises = _promises(manifest)
    found = [
        _model(node, promises.get(unique_id, []))
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] in PUBLISHED_SCHEMAS
    ]
    return sorted(found, key=lambda one: (PUBLISHED_SCHEMAS.index(one.schema), one.name))


def _promises(manifest: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Arguments of the generic tests of each model."""
    found: dict[str, list[dict[str, Any]]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            stated = (node.get("test_metadata") or {}).get("kwargs", {})
            found.setdefault(node["attached_node"], []).append(stated)
    return found


def _model(node: Mapping[str, Any], promises: list[dict[str, Any]]) -> PublishedModel:
    columns = tuple(
        Column(name, str(column["data_type"]), _one_line(column["description"]))
        for name, column in node["columns"].items()
    )
    keys: dict[tuple[str, ...], None] = {}
    for constraint in node["constraints"]:
        if constraint["type"] in ("primary_key", "unique"):
            keys[tuple(constraint["columns"])] = None
    for name, column in node["columns"].items():
        if any(one["type"] in ("primary_key", "unique") for one in column["constraints"]):
            keys[(name,)] = None
    refers: dict[str, str] = {}
    for stated in promises:
        for unique in stated.get("unique", []):
            keys[(unique,) if isinstance(unique, str) else tuple(unique)] = None
        refers |= stated.get("refers", {})
    return PublishedModel(
        node["schema"], node["alias"], _one_line(node["description"]), columns, tuple(keys), refers
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
