"""Colour, distance, change, trend and streak of every monthly number (catalogue §10.2), computed a second time.

The numbers themselves are compared elsewhere; here they are read as published, with the targets and definitions
beside them. What a platform publishes with its own limit is judged by that limit and left to the marts about accounts.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.oracle.comparison.compare import computed_world, warehouse_rows
from tests.oracle.comparison.marts import Comparison
from tests.oracle.comparison.rows import Out
from tests.oracle.numbers.judging import NINTH, TARGET, Judge, Judged, Row
from tests.oracle.scorecards.fairness import by_tenant
from tests.oracle.world.retention import agent_rows_from

TABLE = "governance_review.kpi_monthly"
KEYS = ("month", "kpi_id", "stat", "clock", "layer", "variant", "scope_type", "scope_id")
_SERIES = ("kpi_id", "kpi_version", *KEYS[2:])
_PAST = (
    "coverage_reason",
    "mom_delta",
    "mom_rel",
    "mom_reason",
    "yoy_delta",
    "yoy_rel",
    "yoy_reason",
    "trend_3m",
    "off_target_streak",
    "red_streak",
    "comment_required",
)
COLUMNS = {*TARGET, "status", "gap_to_target", *_PAST}
_READ = (
    *("tenant_id", "kpi_version", *KEYS, *TARGET, "status", "gap_to_target", *_PAST),
    *("value", "value_text", "n", "ci_low", "ci_high", "signal", "status_presented", "is_governed"),
)
"""Half of the columns of two hundred thousand rows."""


def differences(warehouse: Path, as_of: datetime) -> Comparison:
    """Every monthly number of every tenant that no platform publishes, against the rules of §10.2."""
    found = Comparison(TABLE, KEYS)
    definitions = _definitions(warehouse)
    published = by_tenant(warehouse, f"(select {', '.join(_READ)} from {TABLE})")
    for tenant in computed_world(warehouse, as_of):
        name = tenant.world.tenant
        rows = [row for row in published.get(name, []) if row["stat"] != "published"]
        found.theirs += rows
        judge = Judge(warehouse, tenant.facts, definitions, rows)
        series: dict[tuple[Any, ...], list[Judged]] = defaultdict(list)
        for row in rows:
            series[tuple(row[part] for part in _SERIES)].append(judge.judged(row))
        is_cut = agent_rows_from(tenant.facts.world.as_of, tenant.facts.zone) > judge.first_month
        for line in series.values():
            line.sort(key=lambda judged: judged.row["month"])
            for place, judged in enumerate(line):
                ours = judge.columns(line, place)
                if is_cut and judged.row["scope_type"] == "agent":
                    # the months before are gone: what they were is not told by the rows that stay
                    ours = {key: value for key, value in ours.items() if key not in _PAST}
                _compare(found, name, judged.row, ours)
    return found


def _definitions(warehouse: Path) -> dict[tuple[str, int], Row]:
    rows = warehouse_rows(warehouse, "governance_review.kpi_definitions")
    return {(row["kpi_id"], row["kpi_version"]): row for row in rows}


def _compare(found: Comparison, tenant: str, row: Row, ours: Out) -> None:
    found.compared += 1
    found.columns |= ours.keys()
    for name, value in ours.items():
        other = row[name]
        if isinstance(value, Decimal) and other is not None:
            is_same = abs(value - other) <= 2 * NINTH
        else:
            is_same = value == other
        if not is_same:
            identity = tuple(str(row[key]) for key in KEYS)
            found.differences.append(
                f"{name} {tenant} {identity}: second {value}, warehouse {other}"
            )
