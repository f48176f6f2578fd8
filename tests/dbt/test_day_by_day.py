"""Marts are made anew by each build, of tables that are whole: then equal core tables mean equal marts."""

from __future__ import annotations

from orchestration.manifest import read_manifest
from tests.touched import of_touched_alone, stored_parents, with_all_they_read

NODES = {
    key: node
    for key, node in read_manifest()["nodes"].items()
    if node["resource_type"] in ("model", "seed")
}
UP_TO_CORE = with_all_they_read(
    NODES, [key for key, node in NODES.items() if node["path"].startswith(("canonical/", "core/"))]
)
BEHIND = set(NODES) - UP_TO_CORE


def test_nothing_behind_core_keeps_rows_from_build_to_build() -> None:
    assert len(BEHIND) > 100
    kept = [key for key in BEHIND if NODES[key]["config"]["materialized"] == "incremental"]
    assert kept == []


def test_nothing_behind_core_reads_the_tickets_of_the_last_build_alone() -> None:
    partial = of_touched_alone(NODES)
    assert {"int_turns", "int_obligations"} <= {NODES[key]["name"] for key in partial}
    assert not {"fct_response_obligations", "kpi_monthly"} & {NODES[key]["name"] for key in partial}
    reading = {key: sorted(stored_parents(NODES, key) & partial) for key in BEHIND}
    assert {key: found for key, found in reading.items() if found} == {}
