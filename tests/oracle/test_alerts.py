"""Alerts and the daily states behind them equal the second computation, for every rule of catalogue §13."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle import alert_rows
from tests.oracle.alert_states import State
from tests.oracle.compare import computed_world, warehouse_rows
from tests.oracle.coverage import assert_agrees
from tests.oracle.marts import compare_mart
from tests.oracle.rows import Out

_STATES = ("compliance", "watch", "closing", "reason", "team", "source")
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
}


@pytest.mark.slow
def test_alerts_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table, keys = "agent_sla.alerts", alert_rows.KEYS
    theirs = _with_plain_scopes(simulated_warehouse[0], table)
    found = compare_mart(
        *simulated_warehouse,
        table,
        keys,
        lambda tenant: alert_rows.alert_rows(tenant.facts),
        theirs=theirs,
    )
    assert_agrees(found, least=100)
    rules = Counter(row["rule_id"] for row in found.theirs)
    assert len(rules) >= 8
    severities = {row["severity"] for row in theirs if row["rule_id"] == "obligation_at_risk"}
    assert severities == {"high", "medium"}


def _with_plain_scopes(warehouse: Path, table: str) -> list[Out]:
    """Alerts with the obligation they speak of told by ticket, start and kind instead of by its key."""
    names = {
        row["obligation_key"]: f"{row['original_ticket_key']}|{row['started_at']}|{row['kind']}"
        for row in warehouse_rows(warehouse, "core.fct_response_obligations")
    }
    return [
        row | {"scope_id": names.get(row["scope_id"], row["scope_id"])}
        for row in warehouse_rows(warehouse, table)
    ]


@pytest.mark.slow
def test_daily_states_of_alert_rules_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    """Also of rules that raised nothing: every day on which one is on, or would end an alert."""
    warehouse, as_of = simulated_warehouse
    theirs = {
        (row["tenant_id"], row["rule_id"], row["scope_type"], row["scope_id"], row["state_at"]): row
        for name in _STATES
        for row in warehouse_rows(warehouse, f"intermediate.int_alert_{name}_states")
    }
    ours = {
        (tenant.world.tenant, state.rule, state.scope_type, state.scope, state.at): state
        for tenant in computed_world(warehouse, as_of)
        for state in alert_rows.states(tenant.facts)
        if state.is_on or state.is_clear
    }
    assert ours.keys() == theirs.keys()
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
