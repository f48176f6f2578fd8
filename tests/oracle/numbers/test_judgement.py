"""What the forum sees beside each number of the simulated world equals the second computation."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle.comparison.coverage import recomputed
from tests.oracle.numbers import judgement

_STATUSES = ("red", "amber", "green", "grey_small_n", "grey_no_target")
_TRENDS = ("improving", "worsening", "flat", "insufficient")


@pytest.mark.slow
def test_colours_changes_trends_and_streaks_of_the_simulated_world_agree(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    found = judgement.differences(*simulated_warehouse)
    assert not found.differences, found.text()
    assert found.columns == judgement.COLUMNS
    assert found.columns == recomputed(found.table, "numbers.judgement")
    statuses = Counter(row["status"] for row in found.theirs)
    trends = Counter(row["trend_3m"] for row in found.theirs)
    assert all(statuses[name] > 100 for name in _STATUSES)
    assert all(trends[name] > 100 for name in _TRENDS)
    assert max(row["off_target_streak"] or 0 for row in found.theirs) >= 3
