"""A failed build in one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

from orchestration.building import build_error

WAREHOUSE = Path("home/warehouse.duckdb")


def test_tables_of_another_version_ask_for_a_full_refresh() -> None:
    message = (
        "Compilation Error in model canonical__qa_reviews The source and target schemas on this"
        " incremental model are out of sync! They can be reconciled in several ways"
    )
    error = build_error([("model.deskhouse.canonical__qa_reviews", message)], WAREHOUSE)
    assert "--full-refresh" in str(error)
    assert str(WAREHOUSE) in str(error)


def test_other_failures_name_their_nodes_and_how_many_more() -> None:
    failures = [(f"model.deskhouse.m{n}", "Binder Error") for n in range(7)]
    error = build_error(failures, WAREHOUSE)
    assert "7 nodes failed" in str(error)
    assert "model.deskhouse.m0 (Binder Error)" in str(error)
    assert "and 2 more" in str(error)


def test_a_failure_before_any_node_repeats_what_dbt_said() -> None:
    assert "no such profile" in str(build_error([], WAREHOUSE, "no such\nprofile"))
