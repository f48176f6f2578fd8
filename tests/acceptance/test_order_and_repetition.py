"""F31: the same data in another order, or twice, gives the same marts, row for row."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.unchanged import read_inputs
from tests.acceptance.conftest import AS_OF, acceptance_desks
from tests.landing_builder import write
from tests.pipeline import build, load
from tests.warehouse_content import difference

pytestmark = pytest.mark.slow


def test_f31_order_and_repetition_change_nothing(acceptance_home: Path, tmp_path: Path) -> None:
    shutil.copytree(acceptance_home, tmp_path / "home")
    warehouse = tmp_path / "home" / "warehouse.duckdb"
    inputs = read_inputs(warehouse)
    # the other order after the first: the files are news, and not a row that a build reads; what rows read twice among
    # new ones do to what is kept from build to build is shown by tests/property/test_random_worlds.py
    backward = write(acceptance_desks(), tmp_path / "backward", reverse=True)
    (again,) = load(["landing"], tmp_path / "home", AS_OF, backward)
    assert [*again.rows] == ["landing_files"]
    now = read_inputs(warehouse)
    assert [name for name in inputs if now[name] != inputs[name]] == ["raw_landing.landing_files"]
    assert now.keys() == inputs.keys()
    assert _turned_round(warehouse) > 20
    other = build(tmp_path / "home", AS_OF, full_refresh=True)
    assert not difference(acceptance_home / "warehouse.duckdb", other)
    with duckdb.connect(str(other), read_only=True) as connection:
        ((numbers,),) = connection.execute(
            "select count(*) from governance_review.kpi_monthly"
        ).fetchall()
    assert numbers > 500


def _turned_round(warehouse: Path) -> int:
    """Let the raw rows lie as if they had been read from the last to the first; of how many tables."""
    with duckdb.connect(str(warehouse)) as connection:
        found = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw_landing' "
            "and not starts_with(table_name, '_dlt') and estimated_size > 1"
        ).fetchall()
        for (table,) in found:
            address = f'raw_landing."{table}"'
            connection.execute(f"create temp table turned as from {address} order by rowid desc")
            connection.execute(f"delete from {address}")
            connection.execute(f"insert into {address} from turned")
            connection.execute("drop table turned")
    return len(found)
