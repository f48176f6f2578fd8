"""Random small worlds: the warehouse equals the second computation, row for row.

Hypothesis draws where the seeds begin; every seed is one tenant, so that one pipeline run judges them
all. A failing seed is printed with its whole history and can be replayed alone, with the rows that do
not matter taken out: ``python -m tests.property.replay``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle.comparison.compare import compare_core, compare_kpis
from tests.oracle.comparison.registry import MARTS, compared
from tests.oracle.reasons import test_tag_marts
from tests.oracle.scorecards import test_fairness
from tests.oracle.speed import test_speed_volume
from tests.pipeline import run_landing
from tests.property.landing import story, tenant_name, write_seeds
from tests.property.worlds import random_world

AS_OF = (
    datetime(2026, 5, 20, 12, tzinfo=UTC),
    datetime(2026, 3, 30, 1, 30, tzinfo=UTC),
    datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
)
WORLDS = 120


@pytest.mark.slow
@given(base=st.integers(min_value=0, max_value=2**31), as_of=st.sampled_from(AS_OF))
@settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_random_worlds_agree(
    tmp_path_factory: pytest.TempPathFactory, base: int, as_of: datetime
) -> None:
    seeds = range(base, base + WORLDS)
    folder: Path = tmp_path_factory.mktemp("worlds")
    write_seeds(folder / "landing", seeds, as_of)
    warehouse = run_landing(folder / "landing", folder / "home", as_of)
    report, computed = compare_core(warehouse, as_of)
    compare_kpis(report, warehouse, computed)
    assert sum(len(tenant.obligations) for tenant in computed) > WORLDS
    if report.differences:
        seed = next(s for s in seeds if report.differences[0].label.startswith(tenant_name(s)))
        rows = story(random_world(seed, tenant_name(seed), as_of))
        pytest.fail(f"seed {seed}, as_of {as_of}\n{report.text()}\n{rows}")
    points, _ = test_speed_volume.differences(warehouse, as_of)
    windows, _, _ = test_tag_marts.windows(warehouse, as_of)
    assert not points + windows, "\n".join([*points[:20], *windows[:20]])
    found = [compared(warehouse, as_of, table) for table in MARTS]
    found.append(test_fairness.differences(warehouse, as_of)[0])
    found += test_fairness.coaching_comparisons(warehouse, as_of).values()
    assert not any(mart.differences for mart in found), "\n".join(
        f"{mart.table}, as_of {as_of}: {mart.text()}" for mart in found if mart.differences
    )
