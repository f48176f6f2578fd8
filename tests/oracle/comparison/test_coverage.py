"""Every published column of every mart has a second computation, or its reason in ``coverage.csv``."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing import PUBLISHED_SCHEMAS
from tests.oracle.comparison.compare import computed_world
from tests.oracle.comparison.coverage import KINDS, by_table, listed, recomputed, summary
from tests.oracle.comparison.rows import kpi_row

MARTS = tuple(schema for schema in PUBLISHED_SCHEMAS if schema != "core")
"""Facts and dimensions of core are compared in test_simulated_world.py; what marts make of them is listed here."""
CATALOGUE = {
    "agent_sla.agent_sla_daily",
    "agent_sla.agent_scorecards",
    "agent_sla.operator_activity_daily",
    "agent_sla.speed_volume",
    "agent_sla.backlog_daily",
    "agent_sla.agent_actions",
    "agent_sla.alerts",
    "tag_volume.tag_volume_daily",
    "tag_volume.tag_volume_windows",
    "tag_volume.macro_monthly",
    "marketplace_health.account_health_daily",
    "data_quality.check_results_daily",
}
"""Marts of catalogue §10.6, and alerts: nothing in them is a number without a second computation."""
LEFT = {"agent_sla.alerts": {"acknowledged_by", "acknowledged_at"}}
"""The exceptions, from the ledger."""


def test_the_list_says_how_or_why() -> None:
    """A module that is there, or what the column is; a number that nothing computes again has a reason."""
    for line in listed():
        place = f"{line.table}.{line.column}"
        if line.computed_by:
            assert not line.kind and find_spec(f"tests.oracle.{line.computed_by}"), place
        else:
            assert line.kind in KINDS, place
            assert line.kind != "not recomputed" or len(line.reason) > 25, place
    names = Counter((line.table, line.column) for line in listed())
    assert not [name for name, count in names.items() if count > 1]


def test_marts_of_the_catalogue_have_no_number_that_nothing_computes_again() -> None:
    for table in CATALOGUE:
        found = by_table()[table].values()
        left = {line.column for line in found if line.kind == "not recomputed"}
        assert left == LEFT.get(table, set()), table


@pytest.mark.slow
def test_every_published_column_is_listed(
    simulated_warehouse: tuple[Path, datetime], capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(simulated_warehouse[0]), read_only=True) as connection:
        published = connection.execute(
            "select table_schema || '.' || table_name, column_name from information_schema.columns "
            "where list_contains(?, table_schema)",
            [list(MARTS)],
        ).fetchall()
    known = {(line.table, line.column) for line in listed()}
    assert {*published} - known == set(), "add the column to tests/oracle/comparison/coverage.csv"
    assert known - {*published} == set(), "the column is gone"
    with capsys.disabled():
        sys.stdout.write(f"\n{summary()}\n")


@pytest.mark.slow
def test_what_the_monthly_table_is_compared_in_is_listed(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    keys = {"month", "kpi_id", "stat", "clock", "layer", "variant", "scope_type", "scope_id"}
    columns = {
        name
        for tenant in computed_world(*simulated_warehouse)
        for value in tenant.kpis()
        for name in kpi_row(tenant.world.tenant, value)[1]
    }
    assert columns - {"tenant_id", "ticket"} | keys == recomputed(
        "governance_review.kpi_monthly", "comparison.rows"
    )
