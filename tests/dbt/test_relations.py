"""What of the dbt project stands in the warehouse, and that uniting tests lost no assertion."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestration.manifest import prepared_manifest
from orchestration.publishing import PUBLISHED_SCHEMAS
from tests.dbt.promises import UNITED, asserted, stated

READ_BY_COMMANDS = {
    # explain, of the unions that are views the members that a hook makes of them
    *("int_kpi_counts_observed", "int_kpi_durations_observed", "int_kpi_recomputed"),
    *("int_kpi_evidence", "int_kpi_left_out", "int_kpi_published_latest"),
    # the close of a month
    *("int_ledger_facts", "int_ledger_facts_now", "int_restatements_found"),
    # people, when the gate asks them to compare what their lists describe
    "reference_origins",
    # the semantic layer
    "metric_days",
}
"""Relations that something beside the models reads."""
BARRIERS = {
    "int_backlog_spans": "DuckDB 2.0.0 breaks off some joins of ranges that read these joins as they run",
    "int_context_targets": "its few distinct contexts are joined to all stretches: counted, they come first",
    "int_measure_stretches": "the largest step of the engine: what waits for it would hold its memory too",
    "int_kpi_spans": "is read twice by one model, which plans both reads by its rows",
    "int_kpi_counts_scoped": "adds up all observations: their memory is free again before the values are made",
    "int_kpi_durations_scoped": "sorts all durations: as the counts",
    "int_kpi_values": "read five times on the way to the history",
    "int_kpi_signals": "its windows over all months run before the widest join, not within it",
    "int_kpi_persons": "joined to every number by ranges of time: counted, it is the small side",
    "int_scorecard_rates": "read twice by one model, after the joins of strata",
}
"""Tables that one relation alone reads and that pay: as steps they cost the build time or memory (measured)."""
MOST_RELATIONS, MOST_TESTS = 200, 100
KEPT = Path(__file__).with_name("asserted.txt")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(prepared_manifest().read_text(encoding="utf-8"))
    return content


def relations(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Seeds and models that stand in the warehouse, by unique id."""
    return {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
    }


def readers(manifest: Mapping[str, Any]) -> dict[str, set[str]]:
    """The relations that read a relation, by themselves or through steps, by unique id."""
    standing = relations(manifest)
    children: dict[str, set[str]] = defaultdict(set)
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] == "model":
            for upstream in node["depends_on"]["nodes"]:
                children[upstream].add(unique_id)

    def of(unique_id: str) -> set[str]:
        found = set()
        for child in children[unique_id]:
            found |= {child} if child in standing else of(child)
        return found

    return {unique_id: of(unique_id) for unique_id in standing}


def lonely(manifest: Mapping[str, Any]) -> set[str]:
    """Names of tables and views that one relation reads or none, and that are neither published nor grown."""
    read_by, standing = readers(manifest), relations(manifest)
    return {
        node["name"]
        for unique_id, node in standing.items()
        if node["config"]["materialized"] in ("table", "view")
        and node["schema"] not in PUBLISHED_SCHEMAS
        and len(read_by[unique_id]) < 2
    }


def test_a_relation_has_several_readers_or_a_reason(manifest: dict[str, Any]) -> None:
    """All else is a step: part of the query of what reads it."""
    assert lonely(manifest) - READ_BY_COMMANDS - BARRIERS.keys() == set()


def test_every_barrier_is_one(manifest: dict[str, Any]) -> None:
    assert BARRIERS.keys() - lonely(manifest) == set()
    names = {node["name"] for node in relations(manifest).values()}
    assert READ_BY_COMMANDS - names == set()


def test_the_project_stays_small(manifest: dict[str, Any]) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert len(relations(manifest)) <= MOST_RELATIONS
    assert len(tests) <= MOST_TESTS


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ({"a": ("table", []), "b": ("table", ["a"]), "c": ("table", ["a"])}, {"b", "c"}),
        ({"a": ("table", []), "b": ("ephemeral", ["a"]), "c": ("table", ["b"])}, {"a", "c"}),
        (
            {
                **{"a": ("view", []), "b": ("ephemeral", ["a"])},
                **{"c": ("incremental", ["b"]), "d": ("incremental", ["b", "a"])},
            },
            set(),
        ),
    ],
)
def test_readers_are_found_through_steps(
    made: dict[str, tuple[str, list[str]]], found: set[str]
) -> None:
    nodes = {
        name: {
            "name": name,
            "resource_type": "model",
            "schema": "intermediate",
            "config": {"materialized": kind},
            "depends_on": {"nodes": upstream},
        }
        for name, (kind, upstream) in made.items()
    }
    assert lonely({"nodes": nodes}) == found


def test_no_assertion_is_lost(manifest: dict[str, Any]) -> None:
    """Each line of the list was once proved by a test of its own; who takes one out deletes its line."""
    kept = KEPT.read_text(encoding="utf-8").splitlines()
    assert len(kept) >= 260
    assert sorted(set(kept) - set(asserted(manifest))) == []


def test_every_promise_in_yaml_is_made_by_one_united_test(manifest: dict[str, Any]) -> None:
    united = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and UNITED in node["depends_on"]["macros"]
    ]
    made = [upstream for node in united for upstream in node["depends_on"]["nodes"]]
    promising = [
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and stated(node)
    ]
    assert sorted(made) == sorted(promising)
    # what a promise refers to would be read without an edge in the graph
    assert [name for name in promising if stated(manifest["nodes"][name]).keys() & {"refers"}] == []


def test_a_promise_that_is_gone_is_missed() -> None:
    nodes = {
        "t": {
            "name": "assert_all",
            "resource_type": "test",
            "test_metadata": None,
            "depends_on": {"nodes": ["m"], "macros": [UNITED]},
        },
        "m": {
            "name": "m",
            "resource_type": "model",
            "config": {
                "meta": {"promises": {"unique": ["k", ["a", "b"]], "values": {"w": [2, 1]}}}
            },
        },
    }
    assert asserted({"nodes": nodes}) == [
        "m: a, b is unique",
        "m: k is unique",
        "m: w is one of 1, 2",
    ]
