"""Published marketplace figures by day and root causes of reasons equal the second computation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle import health_days, root_causes
from tests.oracle.coverage import assert_agrees
from tests.oracle.marts import compare_mart


@pytest.mark.slow
def test_days_of_published_figures_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "marketplace_health.account_health_daily", health_days.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: health_days.health_days(tenant.facts)
    )
    assert_agrees(found, least=10_000)
    statuses = {row["status"] for row in found.theirs}
    assert {"green", "amber", "red", "grey_no_target"} <= statuses
    assert {row["target_source"] for row in found.theirs} == {None, "platform", "rule"}


@pytest.mark.slow
def test_root_causes_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "tag_volume.reason_root_causes", root_causes.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: root_causes.root_causes(tenant.facts)
    )
    assert_agrees(found, least=5)
    assert "effective" in {row["effect_verdict"] for row in found.theirs}
