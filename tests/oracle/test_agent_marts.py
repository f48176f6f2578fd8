"""Daily marts of agents, the backlog and the audit trail equal the second computation, column by column."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle import agent_days, audit_trail, operator_days, stock_days
from tests.oracle.coverage import assert_agrees
from tests.oracle.marts import compare_mart


@pytest.mark.slow
def test_days_of_verdicts_and_replies_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "agent_sla.agent_sla_daily", agent_days.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: agent_days.agent_days(tenant.facts)
    )
    assert_agrees(found, least=5_000)


@pytest.mark.slow
def test_days_of_operators_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "agent_sla.operator_activity_daily", operator_days.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: operator_days.operator_days(tenant.facts)
    )
    assert_agrees(found, least=2_000)


@pytest.mark.slow
def test_days_of_the_backlog_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "agent_sla.backlog_daily", stock_days.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: stock_days.stock_days(tenant.facts)
    )
    assert_agrees(found, least=2_000)


@pytest.mark.slow
def test_the_audit_trail_agrees(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "agent_sla.agent_actions", audit_trail.KEYS
    found = compare_mart(
        *simulated_warehouse, table, keys, lambda tenant: audit_trail.agent_actions(tenant.facts)
    )
    assert_agrees(found, least=10_000)
