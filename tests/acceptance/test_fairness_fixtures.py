"""Scorecards through the pipeline: case mix (F23) and small numbers (F24)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow


def _cards(warehouse: Warehouse, tenant: str) -> dict[str, dict[str, Any]]:
    """Cards of March, marketplace layer and all platforms, by the agents' own ids."""
    rows = warehouse.rows(
        """
        select cards.*, agents.agent_id
        from agent_sla.agent_scorecards as cards
        inner join core.dim_agents as agents on cards.agent_key = agents.agent_key
        where cards.tenant_id = ? and cards.period_type = 'month' and cards.period_start = date '2026-03-01'
            and cards.layer = 'marketplace' and cards.platform = 'all'
        """,
        tenant,
    )
    return {row["agent_id"]: row for row in rows}


def test_f23_hard_work_is_not_a_bad_mark(warehouse: Warehouse) -> None:
    cards = _cards(warehouse, "f23")
    columns = ("n_met", "n", "raw_rate", "expected", "observed_to_expected", "adjusted_rate")
    found = {
        agent: tuple(round(float(cards[agent][name]), 3) for name in columns) for agent in "ab"
    }
    assert found == {
        "a": (186, 200, 0.93, 185, 1.005, 0.894),
        "b": (155, 200, 0.775, 145, 1.069, 0.951),
    }
    assert cards["a"]["raw_rate"] > cards["b"]["raw_rate"]
    assert cards["b"]["place"] < cards["a"]["place"]


def test_f24_the_same_rate_is_not_the_same_knowledge(warehouse: Warehouse) -> None:
    cards = _cards(warehouse, "f24")
    columns = ("n_met", "n", "raw_rate", "ci_low", "ci_high")
    found = {
        agent: tuple(round(float(cards[agent][name]), 3) for name in columns) for agent in "ab"
    }
    assert found == {"a": (9, 10, 0.9, 0.596, 0.982), "b": (270, 300, 0.9, 0.861, 0.929)}
    assert (cards["a"]["band"], cards["a"]["is_eligible"]) == ("insufficient", False)
    assert cards["b"]["is_eligible"]
