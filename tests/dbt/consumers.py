"""Which published tables the code of a page, pack or command names, module by module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.publishing import PUBLISHED_SCHEMAS

ROOT = Path(__file__).parents[2]
_TABLE = re.compile(rf"\b(?:{'|'.join(PUBLISHED_SCHEMAS)})\.[a-z_]+\b")
FILTER_BAR = "orchestration.dashboard.queries.places"
"""Offers places to choose from, on every page alike: no page's own content."""


def tables_read(module: str, rooms: tuple[str, ...]) -> set[str]:
    """Addresses that a module names, and all that it imports from these rooms."""
    found: set[str] = set()
    seen: set[str] = {FILTER_BAR}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if name in seen or path is None:
            continue
        seen.add(name)
        source = path.read_text(encoding="utf-8")
        found |= set(_TABLE.findall(source))
        waiting += [one for one in _imported(source) if one.startswith(rooms)]
    return found


def _file(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    places = (path.with_suffix(".py"), path / "__init__.py")
    return next((place for place in places if place.is_file()), None)


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
