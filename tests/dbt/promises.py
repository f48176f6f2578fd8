"""What the tests of the dbt project assert, one text an assertion, whichever test states it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

UNITED = "macro.deskhouse.promises_kept"
"""Tests that call it make the promises of several relations, which stand in their YAML."""


def asserted(manifest: Mapping[str, Any]) -> list[str]:
    """Every assertion, sorted: promises as ``relation: promise``, other tests by their names."""
    found: list[str] = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "test":
            continue
        if node.get("test_metadata"):
            name = manifest["nodes"][node["attached_node"]]["name"]
            found += _promises(name, node["test_metadata"]["kwargs"])
        elif UNITED in node["depends_on"]["macros"]:
            for upstream in node["depends_on"]["nodes"]:
                relation = manifest["nodes"][upstream]
                found += _promises(relation["name"], stated(relation))
        else:
            found.append(node["name"])
    return sorted(found)


def stated(relation: Mapping[str, Any]) -> dict[str, Any]:
    """Promises in the YAML of a relation, for a test that makes those of several."""
    promises: dict[str, Any] = relation["config"].get("meta", {}).get("promises", {})
    return promises


def _promises(name: str, promises: Mapping[str, Any]) -> Iterator[str]:
    for columns in promises.get("unique", []):
        key = columns if isinstance(columns, str) else ", ".join(columns)
        yield f"{name}: {key} is unique"
    for column in promises.get("not_null", []):
        yield f"{name}: {column} is not null"
    for column, words in promises.get("values", {}).items():
        yield f"{name}: {column} is one of {', '.join(sorted(str(word) for word in words))}"
    for column, target in promises.get("refers", {}).items():
        yield f"{name}: {column} is in {target}"
