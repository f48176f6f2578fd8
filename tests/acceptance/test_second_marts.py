"""Marts of all acceptance tenants, whatever edge each is about, equal the second computation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import AS_OF
from tests.oracle.alerts import alert_rows
from tests.oracle.coaching import coaching
from tests.oracle.comparison.compare import warehouse_rows
from tests.oracle.comparison.registry import MARTS, compared
from tests.oracle.numbers import judgement
from tests.oracle.reasons import test_tag_marts
from tests.oracle.scorecards import test_fairness
from tests.oracle.speed import test_speed_volume


@pytest.mark.slow
@pytest.mark.parametrize("table", MARTS)
def test_marts_of_the_acceptance_tenants_agree(table: str, acceptance_home: Path) -> None:
    found = compared(acceptance_home / "warehouse.duckdb", AS_OF, table)
    assert not found.differences, found.text()


@pytest.mark.slow
def test_every_alert_rule_that_files_can_raise_is_raised(acceptance_home: Path) -> None:
    alerts = warehouse_rows(
        acceptance_home / "warehouse.duckdb", "agent_sla.alerts", "tenant_id = 'alarms'"
    )
    raised = {row["rule_id"] for row in alerts}
    assert raised == alert_rows.RULES.keys() - {"data_stale", "mapping_gap"}


@pytest.mark.slow
def test_scorecards_of_the_acceptance_tenants_agree(acceptance_home: Path) -> None:
    found, seen = test_fairness.differences(acceptance_home / "warehouse.duckdb", AS_OF)
    assert not found.differences, found.text()
    assert {"above", "in_range", "below", "insufficient"} <= seen.keys()


@pytest.mark.slow
def test_slowdowns_and_reasons_of_the_acceptance_tenants_agree(acceptance_home: Path) -> None:
    warehouse = acceptance_home / "warehouse.duckdb"
    found, _ = test_speed_volume.differences(warehouse, AS_OF)
    assert not found, "\n".join(found[:20])
    found, compared_rows, _ = test_tag_marts.windows(warehouse, AS_OF)
    assert not found, "\n".join(found[:20])
    assert compared_rows > 50


@pytest.mark.slow
def test_coaching_of_the_acceptance_tenants_agrees(acceptance_home: Path) -> None:
    """Every flag of the catalogue is raised, and none but what the second computation raises."""
    found = test_fairness.coaching_comparisons(acceptance_home / "warehouse.duckdb", AS_OF)
    for mart in found.values():
        assert not mart.differences, mart.text()
    raised = {row["flag_id"] for row in found[coaching.FLAGS].theirs if row["tenant_id"] == "coach"}
    assert raised == {*coaching.KPIS, "slow_on_platform_ebay", "recognition"}


@pytest.mark.slow
def test_colours_of_the_acceptance_tenants_agree(acceptance_home: Path) -> None:
    found = judgement.differences(acceptance_home / "warehouse.duckdb", AS_OF)
    assert not found.differences, found.text()
    assert any(row["yoy_delta"] is not None for row in found.theirs)
