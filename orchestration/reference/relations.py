"""How the published tables hang together, by the names of their keys.

A column leads to another table when it is, or ends in, the key of that table (``responder_agent_key`` leads to
``core.dim_agents.agent_key``): the house names keys so, a test of the publication proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestration.reference.published import PublishedModel

_TARGETS = ("dim_", "fct_")


@dataclass(frozen=True)
class Relation:
    """Values of ``column`` of one table stand in ``key`` of another."""

    table: str
    column: str
    target: str
    key: str


def relations(models: Sequence[PublishedModel]) -> list[Relation]:
    """Every column that leads to a dimension or fact, in the order of tables and columns."""
    keys = _single_keys(models)
    found = []
    for model in models:
        own = {key[0] for key in model.keys if len(key) == 1}
        for column in model.columns:
            fitting = [key for key in keys if _leads_to(column.name, key)]
            if column.name in own or not fitting:
                continue
            key = max(fitting, key=len)
            found.append(Relation(model.address, column.name, keys[key], key))
    return found


def _single_keys(models: Iterable[PublishedModel]) -> dict[str, str]:
    """Tables of ``core`` by their own key, where that is one column."""
    return {
        key[0]: model.address
        for model in models
        if model.schema == "core" and model.name.startswith(_TARGETS)
        for key in model.keys
        if len(key) == 1
    }


def _leads_to(column: str, key: str) -> bool:
    return column == key or column.endswith(f"_{key}")
