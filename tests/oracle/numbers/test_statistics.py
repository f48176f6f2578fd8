"""Intervals and quantiles by hand, and parts that add up to the company (catalogue §16, F24 and F30)."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from tests.oracle.numbers.statistics import quantile, wilson
from tests.oracle.numbers.tenants import compute
from tests.oracle.world.canonical_rows import from_rows, instant
from tests.oracle.world.story import TENANT
from tests.property.worlds import random_world


@pytest.mark.parametrize(("met", "n", "low", "high"), [(9, 10, 59.6, 98.2), (270, 300, 86.1, 92.9)])
def test_f24_wilson(met: int, n: int, low: float, high: float) -> None:
    bounds = wilson(met, n)
    assert (round(bounds[0] * 100, 1), round(bounds[1] * 100, 1)) == (low, high)


def test_reaction_example_median_and_mean() -> None:
    minutes = [4, 5, 6, 7, 178]
    assert (quantile(minutes, 0.5), sum(minutes) / 5) == (6, 40)


@pytest.mark.parametrize("seed", range(40))
def test_f30_agents_and_unowned_add_up_to_the_company(seed: int) -> None:
    as_of = datetime(2026, 5, 20, 12, tzinfo=UTC)
    seen = instant(as_of)
    assert seen is not None
    (tenant,) = compute(from_rows(random_world(seed, TENANT, as_of)), seen)
    totals: dict[tuple[str, str, date, str, str], dict[str, float]] = defaultdict(
        lambda: defaultdict(float)
    )
    for value in tenant.kpis():
        cell = value.cell
        if cell.kpi in (
            "sla_compliance",
            "sla_breach_count",
            "replies_sent",
            "closed_without_reply_rate",
            "sdr_24h",
            "unanswered_overdue",
            "backlog",
        ):
            address = (cell.kpi, value.stat, cell.month, cell.layer, cell.variant)
            totals[address][cell.scope_type] += value.numerator or 0
    for address, sums in totals.items():
        assert sums["agent"] == sums["team"] == sums["channel"] == sums["company"], address
