"""A failed build in one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.building import build_error, drop_leftovers
from orchestration.dbt_runner import Node, Outcome

WAREHOUSE = Path("home/warehouse.duckdb")


def _failed(*failures: tuple[str, str]) -> Outcome:
    nodes = [Node(name, "error", message, 0.1, None) for name, message in failures]
    return Outcome(False, nodes=nodes)


def test_tables_of_another_version_ask_for_a_full_refresh() -> None:
    message = (
        "Compilation Error in model canonical__qa_reviews The source and target schemas on this"
        " incremental model are out of sync! They can be reconciled in several ways"
    )
    error = build_error(_failed(("model.deskhouse.canonical__qa_reviews", message)), WAREHOUSE)
    assert "--full-refresh" in str(error)
    assert str(WAREHOUSE) in str(error)


def test_other_failures_name_their_nodes_and_how_many_more() -> None:
    failures = [(f"model.deskhouse.m{n}", "Binder Error") for n in range(7)]
    error = build_error(_failed(*failures), WAREHOUSE)
    assert "7 nodes failed" in str(error)
    assert "model.deskhouse.m0 (Binder Error)" in str(error)
    assert "and 2 more" in str(error)


def test_a_failure_before_any_node_repeats_what_dbt_said() -> None:
    assert "no such profile" in str(build_error(Outcome(False, "no such\nprofile"), WAREHOUSE))


def test_a_broken_promise_is_named_with_its_rows(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(warehouse)).close()

    def said(query: str) -> str:
        node = Node("test.deskhouse.holds_m", "fail", "Got 1 result", 0.1, 1, query)
        return str(build_error(Outcome(False, nodes=[node]), warehouse))

    assert "holds_m (m_key occurs twice (1,204 rows))" in said(
        "select 'm_key occurs twice' as promise, 1204 as failing_rows"
    )
    assert "Jo Doe" not in said("select 'Jo Doe' as agent, 1 as failing_rows")


def test_what_an_earlier_version_built_does_not_stay(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        for statement in (
            "create schema core",
            "create schema raw_desk",
            "create table core.fct_now as select 1 as a",
            "create table core.fct_then as select 1 as a",
            "create view core.v_then as select * from core.fct_then",
            "create view core.step as select * from core.fct_now",
            "create table raw_desk.tickets as select 1 as a",
        ):
            connection.execute(statement)

    def node(name: str, kind: str) -> dict[str, object]:
        config = {"materialized": kind}
        return {"resource_type": "model", "schema": "core", "alias": name, "config": config}

    nodes = {"a": node("fct_now", "table"), "b": node("step", "ephemeral")}
    dropped = drop_leftovers(warehouse, {"nodes": nodes})
    assert sorted(dropped) == ["core.fct_then", "core.step", "core.v_then"]
    assert drop_leftovers(warehouse, {"nodes": nodes}) == []
    with duckdb.connect(str(warehouse)) as connection:
        left = connection.execute("select table_name from duckdb_tables() order by all").fetchall()
    assert left == [("fct_now",), ("tickets",)]
