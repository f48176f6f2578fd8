"""What a build leaves would come out as it stands, so that it equals one that builds everything anew."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.manifest import read_manifest
from orchestration.unchanged import end_build, read_inputs, unchanged_nodes
from tests.conftest import SIMULATED_AS_OF
from tests.pipeline import build
from tests.warehouse_content import BUILT, difference

pytestmark = pytest.mark.slow

LATER = SIMULATED_AS_OF + timedelta(days=2)
CHANGES = (
    "update raw_landing.macros set name = name || ' (new)' "
    "where macro_id = (select min(macro_id) from raw_landing.macros)",
    "update raw_landing.root_cause_map set fix_owner = 'trainer' "
    "where map_id = (select min(map_id) from raw_landing.root_cause_map)",
)
"""Corrections that only reference tables see: what reads neither stays, whatever else is built."""


def test_leaving_the_unchanged_equals_building_everything(
    simulated_home: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(simulated_home / "warehouse.duckdb", warehouse)
    end_build(warehouse, read_inputs(warehouse))
    with duckdb.connect(str(warehouse)) as connection:
        for statement in CHANGES:
            connection.execute(statement)
    left = unchanged_nodes(read_manifest(), warehouse, read_inputs(warehouse))
    assert len(left) > 40
    assert {"dim_teams", "seed_kpi_definitions"} <= left.keys()
    assert not left.keys() & {"canonical__macros", "dim_macros", "reason_root_causes"}
    # whatever else is built is built on those that are left: when these come out as they stand, all do
    standing = tmp_path / "standing.duckdb"
    shutil.copy(warehouse, standing)
    anew = build(tmp_path, LATER, select=(" ".join(left),), full_refresh=True)
    assert not difference(standing, anew, schemas=BUILT)
