"""Which tables hold the tickets of the last build alone: what follows from the touched ones and keeps no old rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_TOUCHED = "int_touched_tickets"
STEPS = ("ephemeral", "view")
"""How models are materialized that have no rows of their own."""
Nodes = Mapping[str, Mapping[str, Any]]


def _parents(nodes: Nodes, key: str) -> list[str]:
    return [parent for parent in nodes[key]["depends_on"].get("nodes", []) if parent in nodes]


def with_all_they_read(nodes: Nodes, keys: Iterable[str]) -> set[str]:
    """The nodes and all that they read, through however many others."""
    found: set[str] = set()
    left = list(keys)
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left += _parents(nodes, key)
    return found


def of_touched_alone(nodes: Nodes) -> set[str]:
    """Seeds and models, stored or not, whose rows are of touched tickets alone."""
    known: dict[str, bool] = {}

    def is_such(key: str) -> bool:
        if key not in known:
            node = nodes[key]
            known[key] = node["name"] == _TOUCHED or (
                node["config"]["materialized"] != "incremental"
                and any(is_such(parent) for parent in _parents(nodes, key))
            )
        return known[key]

    return {key for key in nodes if is_such(key)}


def stored_parents(nodes: Nodes, key: str) -> set[str]:
    """Relations with rows that a model reads, itself or through steps and views."""
    found: set[str] = set()
    for parent in _parents(nodes, key):
        if nodes[parent]["config"]["materialized"] in STEPS:
            found |= stored_parents(nodes, parent)
        else:
            found.add(parent)
    return found
