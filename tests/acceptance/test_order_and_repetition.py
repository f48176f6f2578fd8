"""F31: the same data in another order, or twice, gives the same marts, row for row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import AS_OF, acceptance_desks
from tests.landing_builder import write
from tests.pipeline import UP_TO_CORE, run_landing
from tests.warehouse_content import content, difference

pytestmark = pytest.mark.slow


def test_f31_order_and_repetition_change_nothing(acceptance_home: Path, tmp_path: Path) -> None:
    backward = write(acceptance_desks(), tmp_path / "backward", reverse=True)
    other = run_landing(backward, tmp_path / "home", AS_OF)
    before = content(other)
    assert sum(rows for rows, _ in before.values()) > 500
    assert not difference(acceptance_home / "warehouse.duckdb", other)
    # the first order after the other: what keeps rows from build to build must not gain or change any
    forward = acceptance_home / "landing"
    assert content(run_landing(forward, tmp_path / "home", AS_OF, select=UP_TO_CORE)) == before
