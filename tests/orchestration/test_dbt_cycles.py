"""Cycles are found and named as dbt finds and names them."""

from __future__ import annotations

import networkx
import pytest
from dbt import compilation
from hypothesis import given
from hypothesis import strategies as st

from orchestration.dbt_cycles import quick_cycles

_NODES = st.integers(0, 6).map("model.{}".format)


def _linker(edges: list[tuple[str, str]]) -> compilation.Linker:
    linker = compilation.Linker()
    for reader, read in edges:
        linker.dependency(reader, read)
    return linker


@given(edges=st.lists(st.tuples(_NODES, _NODES), max_size=12))
def test_dbts_own_search_says_the_same(edges: list[tuple[str, str]]) -> None:
    linker = _linker(edges)
    expected = linker.find_cycles()
    with quick_cycles():
        assert linker.find_cycles() == expected


def test_a_graph_without_a_cycle_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(networkx, "find_cycle")
    with quick_cycles():
        assert _linker([("a", "b"), ("b", "c"), ("a", "c")]).find_cycles() is None


def test_dbt_has_its_own_way_back_after_the_block() -> None:
    own = compilation.Linker.find_cycles
    with pytest.raises(RuntimeError), quick_cycles():
        assert compilation.Linker.find_cycles is not own
        raise RuntimeError
    assert compilation.Linker.find_cycles is own
