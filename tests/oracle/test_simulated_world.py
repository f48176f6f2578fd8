"""The whole simulated world: core facts and monthly KPIs equal the second computation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle.compare import compare_core, compare_kpis


@pytest.mark.slow
def test_simulated_world_agrees(simulated_warehouse: tuple[Path, datetime]) -> None:
    warehouse, as_of = simulated_warehouse
    report, computed = compare_core(warehouse, as_of)
    compare_kpis(report, warehouse, computed)
    assert report.compared["core.fct_response_obligations"] > 1_000
    assert report.compared["governance_review.kpi_monthly"] > 1_000
    assert not report.differences, report.text()
