"""F31: the same data in another order, or twice, gives the same marts, row for row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import AS_OF
from tests.acceptance.desks import f05, f11, f15, f17, f21a, f30
from tests.landing_builder import write
from tests.pipeline import run_landing
from tests.warehouse_content import content, difference

pytestmark = pytest.mark.slow


def test_f31_order_and_repetition_change_nothing(tmp_path: Path) -> None:
    desks = [f05(), f11(), f15(), f17(), f21a(), f30()]
    forward = write(desks, tmp_path / "forward")
    backward = write(desks, tmp_path / "backward", reverse=True)
    one = run_landing(forward, tmp_path / "one", AS_OF)
    first = content(one)
    assert sum(rows for rows, _ in first.values()) > 500
    run_landing(forward, tmp_path / "one", AS_OF)
    assert content(one) == first
    other = run_landing(backward, tmp_path / "two", AS_OF)
    assert not difference(one, other)
