"""What a build may leave as it is: by the project, the raw tables and what a model looks at while it is compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.manifest import read_manifest
from orchestration.unchanged import (
    begin_build,
    end_build,
    is_built_by_other_rules,
    read_inputs,
    unchanged_nodes,
)

STAGING, CLOCK, LOOKUP = "stg_items", "items_of_today", "int_lookup"
TABLES = {"seed_rules": "seed", "items": "table", "sums": "table", "rules": "table"}


def node(
    name: str, kind: str, parents: list[str], code: str = "select 1", macros: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "name": name,
        "schema": "house",
        "alias": name,
        "resource_type": "seed" if kind == "seed" else "model",
        "config": {"materialized": kind},
        "raw_code": code,
        "depends_on": {"nodes": parents, "macros": list(macros)},
    }


@pytest.fixture
def manifest() -> dict[str, Any]:
    nodes = [
        node("seed_rules", "seed", [], ""),
        node(STAGING, "view", ["source.items"]),
        node("items", "table", [STAGING]),
        node("sums", "table", ["items", "rules"]),
        node("rules", "table", ["seed_rules"]),
        node(CLOCK, "table", ["rules"], macros=("macro.deskhouse.today",)),
        node("after_clock", "table", [CLOCK]),
        node(LOOKUP, "view", ["rules"], "{% set found = run_query('select 1') %} select 1"),
    ]
    macros = {
        "macro.deskhouse.today": ("{{ as_of_at() }}", ["macro.deskhouse.as_of_at"]),
        "macro.deskhouse.as_of_at": ("{{ env_var('DESKHOUSE_AS_OF') }}", []),
        "macro.dbt.ref": ("{{ env_var('X') }}", []),
    }
    return {
        "nodes": {item["name"]: item for item in nodes},
        "sources": {"source.items": {"schema": "raw_shop", "identifier": "items"}},
        "macros": {
            name: {"name": name.split(".")[-1], "macro_sql": sql, "depends_on": {"macros": reads}}
            for name, (sql, reads) in macros.items()
        },
    }


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw_shop; create schema house")
        connection.execute(
            "create table raw_shop.items as select range as id, '1' as _dlt_load_id from range(3)"
        )
        for name in (*TABLES, CLOCK, "after_clock"):
            connection.execute(f"create table house.{name} as select 1 as x")
        for name in (STAGING, LOOKUP):
            connection.execute(f"create view house.{name} as select 1 as x")
    end_build(path, read_inputs(path))
    return path


def left(manifest: dict[str, Any], warehouse: Path) -> set[str]:
    return set(unchanged_nodes(manifest, warehouse, read_inputs(warehouse)))


def change(warehouse: Path, statement: str) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(statement)


def test_what_looks_at_the_clock_or_the_database_and_what_reads_it_is_built(
    manifest: dict[str, Any], warehouse: Path
) -> None:
    assert left(manifest, warehouse) == {STAGING, *TABLES}


def test_the_same_rows_loaded_again_change_nothing(
    manifest: dict[str, Any], warehouse: Path
) -> None:
    change(warehouse, "update raw_shop.items set _dlt_load_id = '2'")
    assert left(manifest, warehouse) == {STAGING, *TABLES}


@pytest.mark.parametrize(
    "statement",
    [
        "insert into raw_shop.items values (3, '2')",
        "delete from raw_shop.items where id = 1",
        "update raw_shop.items set id = 7 where id = 1",
        "alter table raw_shop.items add column name varchar",
    ],
)
def test_tables_behind_a_changed_raw_table_are_built_through_views_that_are_left(
    manifest: dict[str, Any], warehouse: Path, statement: str
) -> None:
    change(warehouse, statement)
    assert left(manifest, warehouse) == {STAGING, "seed_rules", "rules"}


def test_a_view_whose_hook_writes_tables_moves_with_the_data(
    manifest: dict[str, Any], warehouse: Path
) -> None:
    """Left as it is, the tables beside it would hold the rows of the last build."""
    manifest["nodes"][STAGING]["config"]["meta"] = {"tables": ["members"]}
    assert STAGING in left(manifest, warehouse)
    change(warehouse, "insert into raw_shop.items values (3, '2')")
    assert left(manifest, warehouse) == {"seed_rules", "rules"}


def test_a_large_raw_table_is_compared_by_its_loads(
    manifest: dict[str, Any], warehouse: Path
) -> None:
    change(warehouse, "insert into raw_shop.items select range, '2' from range(10000)")
    end_build(warehouse, read_inputs(warehouse))
    assert "items" in left(manifest, warehouse)
    change(warehouse, "update raw_shop.items set _dlt_load_id = '3' where id = 5000")
    assert "items" not in left(manifest, warehouse)


def test_what_is_gone_or_of_another_kind_is_built_and_so_is_what_reads_it(
    manifest: dict[str, Any], warehouse: Path
) -> None:
    change(warehouse, "drop table house.rules; create view house.rules as select 1 as x")
    assert left(manifest, warehouse) == {STAGING, "seed_rules", "items"}


def test_a_first_build_one_that_did_not_finish_and_another_project_leave_nothing(
    manifest: dict[str, Any], warehouse: Path
) -> None:
    inputs = read_inputs(warehouse)
    assert not unchanged_nodes(manifest, warehouse, inputs | {"project": "another"})
    begin_build(warehouse, inputs)
    assert not unchanged_nodes(manifest, warehouse, inputs)
    change(warehouse, "drop table raw_checks.build_inputs")
    assert not unchanged_nodes(manifest, warehouse, inputs)


def test_facts_of_other_rules_are_made_anew_until_a_build_has_finished(warehouse: Path) -> None:
    inputs = read_inputs(warehouse)
    others = inputs | {"rules": "others"}
    change(warehouse, "create table house.build_state as select 1 as x")
    assert not begin_build(warehouse, inputs)
    assert begin_build(warehouse, others)
    assert begin_build(warehouse, others), "the build that made them anew was broken off"
    assert begin_build(warehouse, inputs), "others may have made some of them by now"
    end_build(warehouse, inputs)
    assert not begin_build(warehouse, inputs)


def test_another_key_of_persons_is_another_rule(warehouse: Path) -> None:
    """Facts that stay from build to build bear keys of persons."""
    change(
        warehouse,
        "create table house.build_state as select 1 as x; create schema raw_identity; "
        "create table raw_identity.person_keys as select 1 as version, 'a' as inner_key",
    )
    end_build(warehouse, read_inputs(warehouse))
    assert not begin_build(warehouse, read_inputs(warehouse))
    end_build(warehouse, read_inputs(warehouse))
    assert not is_built_by_other_rules(warehouse)
    change(warehouse, "insert into raw_identity.person_keys values (2, 'b')")
    assert is_built_by_other_rules(warehouse)
    assert begin_build(warehouse, read_inputs(warehouse))
    assert is_built_by_other_rules(warehouse), "the build that makes them anew was broken off"
    end_build(warehouse, read_inputs(warehouse))
    assert not is_built_by_other_rules(warehouse)
    change(warehouse, "drop table raw_checks.build_inputs")
    assert not is_built_by_other_rules(warehouse), "nobody knows"


def test_a_first_build_is_gone_on_with_and_tables_of_an_earlier_version_are_not(
    warehouse: Path,
) -> None:
    inputs = read_inputs(warehouse)
    change(warehouse, "drop table raw_checks.build_inputs")
    assert not begin_build(warehouse, inputs), "there are no facts yet"
    change(warehouse, "create table house.build_state as select 1 as x")
    assert not begin_build(warehouse, inputs)
    change(warehouse, "drop table raw_checks.build_inputs")
    assert begin_build(warehouse, inputs)


def test_models_that_are_judged_at_an_instant_are_never_left() -> None:
    manifest = read_manifest()
    nodes = manifest["nodes"].values()
    standing = {
        f"{node['schema']}.{node['alias']}": (
            "view" if node["config"]["materialized"] == "view" else "table"
        )
        for node in nodes
    }
    from orchestration.unchanged import _left

    found = {name for name, _ in _left(manifest, set(), standing)}
    at_an_instant = {node["name"] for node in nodes if "as_of_" in (node.get("raw_code") or "")}
    incremental = {
        node["name"] for node in nodes if node["config"]["materialized"] == "incremental"
    }
    assert len(at_an_instant) > 50
    assert not found & (at_an_instant | incremental | {"kpi_monthly", "agent_scorecards", "alerts"})
    assert {"canonical__tool_measures", "dim_teams", "seed_kpi_definitions"} <= found
