"""The simulator is read file by file: none imports, directly or through others, a file that imports it."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = "ingestion.simulator"


def _imports() -> dict[str, set[str]]:
    """Modules of the simulator and those of it that each imports, for types alone included."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / PACKAGE.replace(".", "/")).rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for module, path in paths.items():
        named = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
        ]
        wanted = {node.module for node in named if node.module} | {
            f"{node.module}.{alias.name}" for node in named for alias in node.names
        }
        found[module] = wanted & set(paths)
    return found


def test_no_circle_of_imports() -> None:
    imports = _imports()
    assert len(imports) > 60
    order = list(TopologicalSorter(imports).static_order())
    assert order.index(f"{PACKAGE}.world.options") < order.index(f"{PACKAGE}.world.world")


def test_the_world_knows_no_wire_format() -> None:
    world = {
        module: {name for name in wanted if not name.startswith(f"{PACKAGE}.world")}
        for module, wanted in _imports().items()
        if module.startswith(f"{PACKAGE}.world")
    }
    assert not {module: wanted for module, wanted in world.items() if wanted}
