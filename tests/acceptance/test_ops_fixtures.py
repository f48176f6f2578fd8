"""Forecasts and calibration through the pipeline (F25, F26)."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow


def test_f25_a_perfect_month_of_wrong_days(warehouse: Warehouse) -> None:
    wanted = {
        ("forecast_wape", "day"): (0.20, 100, 500, 5),
        ("forecast_bias", "day"): (0.0, 0, 500, 5),
        ("forecast_wape", "month"): (0.0, 0, 500, 1),
        ("forecast_bias", "month"): (0.0, 0, 500, 1),
    }
    for (kpi_id, grain), parts in wanted.items():
        row = warehouse.kpi("f25", kpi_id, "2026-03-01", variant=grain)
        found = (float(row["value"]), int(row["numerator"]), int(row["denominator"]), row["n"])
        assert found == parts, (kpi_id, grain)


def test_f26_calibration_distance_bias_and_kappa(warehouse: Warehouse) -> None:
    for scope_type in ("company", "team"):
        row = warehouse.kpi(
            "f26", "qa_variance", "2026-03-01", variant="none", scope_type=scope_type
        )
        assert (float(row["value"]), row["n"]) == (4.25, 4)
        bias = warehouse.kpi(
            "f26", "qa_variance", "2026-03-01", variant="bias", scope_type=scope_type
        )
        assert float(bias["value"]) == 1.75
    kappa = warehouse.kpi("f26", "qa_agreement", "2026-03-01", variant="kappa")
    assert (round(float(kappa["value"]), 3), kappa["n"]) == (0.406, 50)
    assert int(kappa["numerator"]) == 38


def test_labour_falls_to_reasons_by_the_time_they_took(warehouse: Warehouse) -> None:
    found = {
        row["scope_id"]: float(row["value"])
        for row in warehouse.rows(
            "select scope_id, value from governance_review.kpi_monthly where tenant_id = 'priced' "
            "and kpi_id = 'tag_cost' and scope_type = 'reason' and month = date '2026-03-01'"
        )
    }
    assert found == {"late": 60.0, "broken": 20.0, "untagged": 40.0}
