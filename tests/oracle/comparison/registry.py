"""Marts with a second computation of their own: their keys and what computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.oracle.alerts import alert_rows
from tests.oracle.coaching import coaching_rules
from tests.oracle.comparison import masks
from tests.oracle.comparison.compare import warehouse_rows
from tests.oracle.comparison.marts import Comparison, Rows, compare_mart
from tests.oracle.comparison.rows import Out
from tests.oracle.cycles import stock_days
from tests.oracle.data import check_days, freshness
from tests.oracle.health import health_days
from tests.oracle.numbers.kpis import Facts
from tests.oracle.people import agent_days, audit_trail, operator_days
from tests.oracle.reasons import root_causes, tag_days


@dataclass(frozen=True)
class Mart:
    """Columns that identify a row of a tenant, and the rows of a tenant by them."""

    keys: tuple[str, ...]
    compute: Callable[[Facts], Rows]


MARTS = {
    "agent_sla.agent_sla_daily": Mart(agent_days.KEYS, masks.agent_sla_daily),
    "agent_sla.operator_activity_daily": Mart(operator_days.KEYS, masks.operator_activity_daily),
    "agent_sla.backlog_daily": Mart(stock_days.KEYS, masks.backlog_daily),
    "agent_sla.agent_actions": Mart(audit_trail.KEYS, audit_trail.agent_actions),
    "agent_sla.alerts": Mart(alert_rows.KEYS, alert_rows.alert_rows),
    "agent_sla.coaching_rules": Mart(coaching_rules.KEYS, coaching_rules.coaching_rules),
    "tag_volume.tag_volume_daily": Mart(tag_days.KEYS, tag_days.tag_days),
    "tag_volume.reason_root_causes": Mart(root_causes.KEYS, root_causes.root_causes),
    "marketplace_health.account_health_daily": Mart(health_days.KEYS, health_days.health_days),
    "data_quality.check_results_daily": Mart(check_days.KEYS, check_days.check_days),
    "data_quality.source_freshness": Mart(freshness.KEYS, freshness.freshness),
}


def compared(warehouse: Path, as_of: datetime, table: str) -> Comparison:
    """One mart of a finished warehouse against its second computation."""
    mart = MARTS[table]
    theirs = warehouse_rows(warehouse, table)
    if table == "agent_sla.alerts":
        theirs = _with_plain_scopes(warehouse, theirs)
    return compare_mart(warehouse, as_of, table, mart.keys, mart.compute, theirs)


def _with_plain_scopes(warehouse: Path, alerts: list[Out]) -> list[Out]:
    """Alerts with the obligation they speak of told by ticket (or order), start and kind instead of by its key."""
    names = {}
    for row in warehouse_rows(warehouse, "core.fct_response_obligations"):
        about = row["original_ticket_key"] or row["order_key"]
        names[row["obligation_key"]] = f"{about}|{row['started_at']}|{row['kind']}"
    return [row | {"scope_id": names.get(row["scope_id"], row["scope_id"])} for row in alerts]
