"""A real public sample of social support through the landing source equals the second computation."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.oracle.comparison.compare import compare_core, compare_kpis
from tests.pipeline import run_landing

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("DESKHOUSE_SHARED_DIR", ROOT.parent / "shared"))
SAMPLE = SHARED / "data" / "social_sample"
AS_OF = datetime(2017, 12, 15, tzinfo=UTC)
COMPARED = ("+path:models/core", "+kpi_monthly")
"""What is built: whatever is compared here, and what it reads."""
NOT_MEASURABLE = ("full_resolution_time", "reopen_rate", "transfer_rate", "backlog", "tat")


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLE.is_dir(), reason=f"public sample not found: {SAMPLE}")
def test_social_sample_agrees(tmp_path: Path) -> None:
    warehouse = run_landing(SAMPLE, tmp_path / "home", AS_OF, select=COMPARED)
    report, computed = compare_core(warehouse, AS_OF)
    compare_kpis(report, warehouse, computed)
    assert report.compared["core.fct_response_obligations"] > 600
    assert not report.differences, report.text()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select distinct kpi_id from governance_review.kpi_monthly"
            " where tenant_id = 'public_sample' and scope_type = 'company'"
            " and status = 'grey_not_measurable' and value is null"
        ).fetchall()
    assert set(NOT_MEASURABLE) <= {kpi for (kpi,) in found}
