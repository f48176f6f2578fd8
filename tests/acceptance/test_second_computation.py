"""All acceptance tenants, whatever edge each is about, equal the second computation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import AS_OF
from tests.oracle.comparison.compare import compare_core, compare_kpis
from tests.oracle.comparison.not_recomputed import NOT_IN_THE_WORLD


@pytest.mark.slow
def test_the_acceptance_tenants_agree(acceptance_home: Path) -> None:
    warehouse = acceptance_home / "warehouse.duckdb"
    report, computed = compare_core(warehouse, AS_OF)
    compare_kpis(report, warehouse, computed)
    assert len(computed) > 40
    kpis = {value.cell.kpi for tenant in computed for value in tenant.kpis()}
    assert NOT_IN_THE_WORLD.keys() <= kpis
    assert not report.differences, report.text()
