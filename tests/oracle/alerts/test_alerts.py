"""The daily states behind alerts equal the second computation, for every rule of catalogue §13 that is read by day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.oracle.alerts import alert_rows
from tests.oracle.alerts.alert_states import State
from tests.oracle.comparison.compare import computed_world, warehouse_rows
from tests.oracle.comparison.rows import Out
from tests.pipeline import step_query

_STATES = (
    *("compliance", "watch", "closing", "reason", "team", "source"),
    *("backlog", "resolution"),
)
_NUMBERS = {
    "value": "value",
    "n": "n",
    "low": "ci_low",
    "high": "ci_high",
    "threshold": "threshold",
}
_RULES_BY_DAY = {
    "agent_sla_below",
    "agent_sla_watch",
    "closed_unanswered_spike",
    "reason_surge",
    "unexplained_slowdown",
    "csat_drop",
    "headroom_low",
    "data_stale",
    "mapping_gap",
    "completeness",
    "backlog_high",
    "resolution_below",
}


@pytest.mark.slow
def test_daily_states_of_alert_rules_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    """Also of rules that raised nothing: every day on which one is on, or would end an alert."""
    warehouse, as_of = simulated_warehouse
    theirs = {
        (row["tenant_id"], row["rule_id"], row["scope_type"], row["scope_id"], row["state_at"]): row
        for name in _STATES
        for row in warehouse_rows(
            warehouse, step_query(warehouse.parent, f"int_alert_{name}_states")
        )
    }
    ours = {
        (tenant.world.tenant, state.rule, state.scope_type, state.scope, state.at): state
        for tenant in computed_world(warehouse, as_of)
        for state in alert_rows.states(tenant.facts)
        if state.is_on or state.is_clear
    }
    one_sided = ours.keys() ^ theirs.keys()
    assert not one_sided, sorted(one_sided, key=str)[:20]
    differing = [name for name, state in ours.items() if not _is_same(state, theirs[name])]
    assert not differing, differing[:20]
    assert {state.rule for state in ours.values()} == _RULES_BY_DAY


def _is_same(ours: State, theirs: Out) -> bool:
    if (ours.is_on, ours.is_clear) != (bool(theirs["is_on"]), bool(theirs["is_clear"])):
        return False
    for name, column in _NUMBERS.items():
        value, other = getattr(ours, name), theirs[column]
        if value is None or other is None:
            if value is not other:
                return False
        elif abs(float(value) - float(other)) > max(2e-6, 1e-6 * abs(float(value))):
            return False
    return True


@pytest.mark.slow
def test_the_query_of_each_alert_leads_to_rows(simulated_warehouse: tuple[Path, datetime]) -> None:
    warehouse, _ = simulated_warehouse
    alerts = warehouse_rows(warehouse, "agent_sla.alerts")
    assert len({alert["scope_type"] for alert in alerts}) > 5
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for alert in alerts:
            query = alert["evidence_query"]
            ((found,),) = connection.execute(f"select count(*) from ({query})").fetchall()
            # whoever deleted in a month that is over stands aggregated among the actions
            assert found or alert["rule_id"] == "sensitive_burst", query
            if alert["scope_type"] == "obligation":
                assert found == 1, query
