"""A coaching flag whose inputs nobody delivers is not raised and says why; every other is exactly what it was.

One seller has every flag of the catalogue; beside him lies the same seller without one table, each a tenant.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.acceptance.coaching_desks import coach
from tests.landing_builder import Desk, at, write
from tests.oracle.coaching import coaching
from tests.oracle.comparison.registry import compared
from tests.oracle.scorecards import test_fairness
from tests.pipeline import run_landing
from tests.shared_build import built_once

pytestmark = pytest.mark.slow
AS_OF = at("2026-11-20 00:00")
OF_REASONS = {"high_aht_reason", "low_fcr_reason", "macro_unused"}
OF_CARDS = {"slow_on_platform", "recognition"}
ALL = (*coaching.KPIS, *OF_CARDS)
SILENT = {
    "messages": {*OF_REASONS, *OF_CARDS, "slow_first_reply", "holds_unanswered"},
    "ticket_events": {
        *("low_fcr_reason", "reopen_outlier", "retag_outlier", "holds_unanswered", "recognition"),
    },
    "tags": {*OF_REASONS, "retag_outlier"},
    "handle_sessions": {"high_aht_reason"},
    "qa_reviews": {"quality_below_min", "knowledge_gap", "recognition"},
    "qa_review_items": {"knowledge_gap"},
    "agent_time": {"overload"},
    "team_membership": {"overload"},
    "channels": {"slow_on_platform"},
    "sla_targets": OF_CARDS,
    "agents": {rule for rule in ALL if rule != "overload"},
    "source_capabilities": {"recognition"},
}
"""Flags that cannot be raised without a table; the whole seller declares one capability, the log of deletions."""
ANOTHER_RULE = {
    "team_membership": {"reopen_outlier", "retag_outlier"},
    "ticket_events": {"slow_first_reply"},
    "channels": {"slow_first_reply"},
    "tags": {"slow_first_reply"},
}
"""Without home teams everybody is the team; without a log, channels or reasons, work is sorted into other kinds."""
REASON = {
    "source_capabilities": ("delete_log",),
    "sla_targets": ("no target",),
    "agents": ("no person",),
    "messages": ("messages", "macro_id"),
    "ticket_events": ("ticket_events", "event_log"),
    "tags": ("reason_tags",),
    "handle_sessions": ("handle_time",),
    "agent_time": ("agent_state",),
}
"""Words of which the reason has one: the capability that was seen in the rows; else it names the table."""


def _without(table: str) -> Desk:
    desk = coach(f"no_{table}")
    assert desk.rows[table], f"the whole seller has no {table}"
    desk.rows[table] = []
    return desk


@pytest.fixture(scope="session")
def coaches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the seller with every flag and of all that lack something."""

    def build(home: Path) -> None:
        desks = [coach("whole"), *map(_without, SILENT)]
        folder = write(desks, home / "landing")
        run_landing(folder, home, AS_OF, select=["+path:models/marts/agent_sla/coaching"])

    return built_once(tmp_path_factory, "coaches", build) / "warehouse.duckdb"


@pytest.fixture(scope="module")
def warehouse(coaches: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Reading connection to the coaches."""
    with duckdb.connect(str(coaches), read_only=True) as connection:
        yield connection


def _raised(connection: duckdb.DuckDBPyConnection, tenant: str) -> set[tuple[Any, ...]]:
    """Flags with the evidence in words and the number of rows behind them."""
    rows = connection.execute(
        """
        select
            flags.flag_id, flags.subject, agents.agent_id, flags.evidence,
            (select count(*) from agent_sla.coaching_evidence as rows
            where rows.coaching_flag_id = flags.coaching_flag_id)
        from agent_sla.coaching_flags as flags
        left join core.dim_agents as agents on flags.agent_key = agents.agent_key
        where flags.tenant_id = ?
        """,
        [tenant],
    )
    return set(rows.fetchall())


def _rule(flag: str) -> str:
    return "slow_on_platform" if flag.startswith("slow_on_platform") else flag


def test_the_whole_seller_has_every_flag(warehouse: duckdb.DuckDBPyConnection) -> None:
    raised = {_rule(row[0]) for row in _raised(warehouse, "whole")}
    rules = warehouse.execute(
        "select rule_id, is_measurable from agent_sla.coaching_rules where tenant_id = 'whole'"
    ).fetchall()
    assert raised == {rule for rule, is_measurable in rules if is_measurable}
    assert len(rules) == len(raised) == 12


@pytest.mark.parametrize("table", SILENT)
def test_a_flag_is_what_it_was_or_says_why_not(
    table: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    whole, now = (_raised(warehouse, tenant) for tenant in ("whole", f"no_{table}"))
    silent = warehouse.execute(
        "select rule_id, not_measurable_reason from agent_sla.coaching_rules "
        "where tenant_id = ? and not is_measurable",
        [f"no_{table}"],
    ).fetchall()
    assert {rule for rule, _ in silent} == SILENT[table]
    words = REASON.get(table, (table,))
    assert all(any(word in reason for word in words) for _, reason in silent), silent
    free = ANOTHER_RULE.get(table, set())
    assert not {_rule(row[0]) for row in now} & SILENT[table]
    left = {row for row in whole if _rule(row[0]) not in SILENT[table] | free}
    assert {row for row in now if _rule(row[0]) not in free} == left


def test_a_second_computation_agrees(coaches: Path) -> None:
    found = [*test_fairness.coaching_comparisons(coaches, AS_OF).values()]
    found.append(compared(coaches, AS_OF, "agent_sla.coaching_rules"))
    for comparison in found:
        assert not comparison.differences, comparison.text()
    assert {coaching.FLAGS, coaching.EVIDENCE} < {comparison.table for comparison in found}
    assert all(comparison.compared > 100 for comparison in found)
