"""Marts of the simulated world equal the second computation, row by row and column by column."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle.comparison.coverage import assert_agrees
from tests.oracle.comparison.marts import Comparison
from tests.oracle.comparison.registry import MARTS, compared

_LEAST = {
    "agent_sla.agent_sla_daily": 5_000,
    "agent_sla.operator_activity_daily": 2_000,
    "agent_sla.backlog_daily": 2_000,
    "agent_sla.agent_actions": 10_000,
    "agent_sla.alerts": 100,
    "agent_sla.coaching_rules": 11,
    "tag_volume.tag_volume_daily": 2_000,
    "tag_volume.reason_root_causes": 5,
    "marketplace_health.account_health_daily": 10_000,
    "data_quality.check_results_daily": 5_000,
    "data_quality.source_freshness": 20,
}
_SEEN = {
    "agent_sla.alerts": ("severity", {"critical", "high", "medium"}),
    "tag_volume.reason_root_causes": ("effect_verdict", {"effective"}),
    "marketplace_health.account_health_daily": ("status", {"green", "amber", "red"}),
    "data_quality.check_results_daily": ("status", {"passed", "failed"}),
}
"""Values without which a comparison would prove little."""


@pytest.mark.slow
@pytest.mark.parametrize("table", MARTS)
def test_marts_of_the_simulated_world_agree(
    table: str, simulated_warehouse: tuple[Path, datetime]
) -> None:
    found: Comparison = compared(*simulated_warehouse, table)
    assert_agrees(found, least=_LEAST[table])
    column, values = _SEEN.get(table, ("tenant_id", set()))
    assert values <= {row[column] for row in found.theirs}
