"""Daily checks of the models and the freshness of sources equal the second computation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle import check_days, freshness
from tests.oracle.coverage import assert_agrees
from tests.oracle.marts import compare_mart


@pytest.mark.slow
def test_daily_checks_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "data_quality.check_results_daily", check_days.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: check_days.check_days(tenant.facts)
    )
    assert_agrees(found, least=5_000)
    assert {row["status"] for row in found.theirs} == {"passed", "failed"}


@pytest.mark.slow
def test_freshness_of_sources_agrees(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "data_quality.source_freshness", freshness.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: freshness.freshness(tenant.facts)
    )
    assert_agrees(found, least=20)
