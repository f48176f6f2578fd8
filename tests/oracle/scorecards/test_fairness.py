"""Scorecards and coaching flags of the simulated world equal the second computation."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from tests.oracle.coaching import coaching
from tests.oracle.comparison.compare import warehouse_rows
from tests.oracle.comparison.coverage import assert_agrees
from tests.oracle.comparison.marts import Comparison, Rows, compare_mart
from tests.oracle.numbers.kpis import Facts
from tests.oracle.scorecards.composites import PARTS
from tests.oracle.scorecards.scorecards import scorecards

# relative: the expansion behind Student's t is good to 0.001
# and a sum of logarithms rounded to nine decimals keeps as many digits of the ratio
_RELATIVE = {"duration_ratio": 1e-8, "duration_ratio_low": 1e-3, "duration_ratio_high": 1e-3}
# the whole is published with four decimals
_ABSOLUTE = {"composite": 5.1e-5}
_KEYS = ("period_type", "period_start", "layer", "platform", "agent_key")


def _is_near(name: str, ours: float, theirs: float) -> bool:
    return abs(ours - theirs) <= _RELATIVE.get(name, 0) * abs(ours) + _ABSOLUTE.get(name, 5e-6)


def differences(warehouse: Path, as_of: datetime) -> tuple[Comparison, Counter[str]]:
    """Cards that differ, in words, and how many cards stand in each band or have each gate or part."""
    ours, seen = scorecards(warehouse, as_of), Counter[str]()
    theirs = warehouse_rows(warehouse, "agent_sla.agent_scorecards")
    found = Comparison("agent_sla.agent_scorecards", _KEYS, len(ours), theirs=theirs)
    rows = {(row["tenant_id"], *(row[name] for name in _KEYS)): row for row in theirs}
    for identity in sorted(ours.keys() ^ rows.keys(), key=str):
        found.differences.append(f"{identity}: only {'second' if identity in ours else 'theirs'}")
    for identity in ours.keys() & rows.keys():
        row, wanted = rows[identity], ours[identity]
        seen[row["band"]] += 1
        seen.update(name for name in wanted if name.startswith("gate_") and row[name])
        seen.update(name for name in wanted if name.endswith("_points") and row[name] is not None)
        found.columns |= wanted.keys()
        for name, value in wanted.items():
            other = row[name]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if value is None or other is None or not is_number:
                is_same = value == other
            else:
                is_same = _is_near(name, float(value), float(other))
            if not is_same:
                found.differences.append(f"{identity} {name}: second {value}, theirs {other}")
    return found, seen


@pytest.mark.slow
def test_scorecards_of_the_simulated_world_agree(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    found, seen = differences(*simulated_warehouse)
    assert_agrees(found, least=1_000)
    assert seen["in_range"] > 10
    assert seen["insufficient"] > 10
    gates = ("closed_without_reply", "unanswered_deletions", "critical_quality_error")
    assert all(seen[f"gate_{gate}"] for gate in gates)
    assert all(seen[f"{part}_points"] > 50 for part in PARTS)


def coaching_comparisons(warehouse: Path, as_of: datetime) -> dict[str, Comparison]:
    """Flags of the week and the rows behind them against the second computation."""
    flags = coaching.flags(warehouse, as_of)
    told = warehouse_rows(warehouse, "agent_sla.coaching_flags")
    parts = (
        (coaching.FLAGS, coaching.FLAG_KEYS, coaching.flag_rows(warehouse, as_of, flags), told),
        (
            coaching.EVIDENCE,
            coaching.EVIDENCE_KEYS,
            coaching.evidence_rows(flags),
            coaching.told_apart(told, warehouse_rows(warehouse, coaching.EVIDENCE)),
        ),
    )
    return {
        table: compare_mart(warehouse, as_of, table, keys, partial(_of_tenant, rows=rows), theirs)
        for table, keys, rows, theirs in parts
    }


def _of_tenant(facts: Facts, rows: dict[str, Rows]) -> Rows:
    return rows[facts.world.tenant]


@pytest.mark.slow
def test_coaching_of_the_simulated_world_agrees(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    found = coaching_comparisons(*simulated_warehouse)
    flags, evidence = found[coaching.FLAGS], found[coaching.EVIDENCE]
    assert_agrees(flags, least=10)
    # reason, person or team and place stand for the keys of flag and fact
    evidence.keys = tuple(name for name in evidence.keys if name not in coaching.TOLD)
    assert_agrees(evidence, least=100)
    seen = {row["flag_id"] for row in flags.theirs}
    assert {"slow_first_reply", "overload", "quality_below_min", "knowledge_gap"} <= seen
