"""How dbt finds out that no model reads itself: by one pass over the graph instead of a search along every edge.

The search took a second of a processor in each run; it is left to name a cycle where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quick_cycles() -> Iterator[None]:
    """In the block dbt searches for a cycle only in a graph that has one."""
    import networkx
    from dbt import compilation

    linker: Any = compilation.Linker
    own = linker.find_cycles

    def find_cycles(self: Any) -> str | None:
        if networkx.is_directed_acyclic_graph(self.graph):
            return None
        found: str | None = own(self)
        return found

    linker.find_cycles = find_cycles
    try:
        yield
    finally:
        linker.find_cycles = own
