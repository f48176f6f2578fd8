"""dbt's own tests: every rule in small, and every promise of the tables on all acceptance tenants."""

from __future__ import annotations

import shutil
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import AS_OF
from tests.pipeline import check

pytestmark = pytest.mark.slow
LEAST = {"unit": 160, "data": 85}


@pytest.fixture
def _columns_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for the columns of a table that stays once, not in every unit test that gives rows of it."""
    from dbt.adapters.duckdb.impl import DuckDBAdapter

    ask = DuckDBAdapter.get_columns_in_relation
    known: dict[str, Any] = {}

    @wraps(ask)
    def columns(self: Any, relation: Any) -> Any:
        name = str(relation)
        if "__dbt_" in name:  # a test's own table, of which another of the same name may follow
            return ask(self, relation)
        if name not in known:
            known[name] = ask(self, relation)
        return list(known[name])

    monkeypatch.setattr(DuckDBAdapter, "get_columns_in_relation", columns)


@pytest.mark.usefixtures("_columns_are_asked_once")
@pytest.mark.parametrize("kind", LEAST)
def test_every_dbt_test_passes(kind: str, acceptance_home: Path, tmp_path: Path) -> None:
    shutil.copy(acceptance_home / "warehouse.duckdb", tmp_path)
    passed = check(tmp_path, AS_OF, kind)
    assert passed >= LEAST[kind]
