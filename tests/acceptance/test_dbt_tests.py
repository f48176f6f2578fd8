"""dbt's own tests: every rule in small, and every promise of the tables on all acceptance tenants."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.conftest import AS_OF
from tests.pipeline import check

pytestmark = pytest.mark.slow
LEAST = {"unit": 160, "data": 85}


@pytest.mark.parametrize("kind", LEAST)
def test_every_dbt_test_passes(kind: str, acceptance_home: Path, tmp_path: Path) -> None:
    shutil.copy(acceptance_home / "warehouse.duckdb", tmp_path)
    passed = check(tmp_path, AS_OF, kind)
    assert passed >= LEAST[kind]
