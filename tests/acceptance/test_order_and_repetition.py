"""F31: the same data in another order, or twice, gives the same marts, row for row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.unchanged import read_inputs
from tests.acceptance.conftest import AS_OF, acceptance_desks
from tests.landing_builder import write
from tests.pipeline import load, run_landing
from tests.warehouse_content import difference

pytestmark = pytest.mark.slow


def test_f31_order_and_repetition_change_nothing(acceptance_home: Path, tmp_path: Path) -> None:
    backward = write(acceptance_desks(), tmp_path / "backward", reverse=True)
    other = run_landing(backward, tmp_path / "home", AS_OF)
    assert not difference(acceptance_home / "warehouse.duckdb", other)
    with duckdb.connect(str(other), read_only=True) as connection:
        ((numbers,),) = connection.execute(
            "select count(*) from governance_review.kpi_monthly"
        ).fetchall()
    assert numbers > 500
    # the first order after the other: the files are news, and not a row that a build reads; what rows read twice among
    # new ones do to what is kept from build to build is shown by tests/property/test_random_worlds.py
    inputs = read_inputs(other)
    (again,) = load(["landing"], tmp_path / "home", AS_OF, acceptance_home / "landing")
    assert [*again.rows] == ["landing_files"]
    now = read_inputs(other)
    assert [name for name in inputs if now[name] != inputs[name]] == ["raw_landing.landing_files"]
    assert now.keys() == inputs.keys()
