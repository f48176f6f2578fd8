"""The gate asks about distribution and drift; keys, nulls and accepted values are dbt's. Nothing is asserted twice."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from expectations.checkpoints import SUITES
from orchestration.manifest import prepared_manifest
from tests.dbt.promises import UNITED, asserted

DBT_HAS_IT = {
    "expect_column_values_to_be_unique": "unique",
    "expect_compound_columns_to_be_unique": "unique",
    "expect_select_column_values_to_be_unique_within_record": "unique",
    "expect_column_values_to_not_be_null": "not_null",
    "expect_column_values_to_be_in_set": "values",
    "expect_column_distinct_values_to_be_in_set": "values",
    "expect_column_to_exist": "contract",
    "expect_column_values_to_be_of_type": "contract",
    "expect_table_columns_to_match_set": "contract",
}
"""Expectations of columns whose place is a dbt test or a model contract."""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(prepared_manifest().read_text(encoding="utf-8"))
    return content


def _data_tests(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]


def test_the_gate_leaves_to_dbt_what_dbt_asserts() -> None:
    asked = {
        (suite.name, str(expectation.expectation_type))
        for suite in SUITES
        for expectation in suite.expectations().expectations
    }
    assert len({name for name, _ in asked}) == len(SUITES)
    assert not sorted((name, kind) for name, kind in asked if kind in DBT_HAS_IT)


def test_no_claim_has_the_same_name_on_both_sides(manifest: dict[str, Any]) -> None:
    """A rule that moved from one side to the other must not stay behind."""
    gate = {
        str((expectation.meta or {})["name"])
        for suite in SUITES
        for expectation in suite.expectations().expectations
    }
    dbt = {node["name"].removeprefix("assert_") for node in _data_tests(manifest)}
    assert gate
    assert not {name for name in dbt if any(name.endswith(claim) for claim in gate)}


def test_no_promise_is_stated_twice(manifest: dict[str, Any]) -> None:
    """All promises of a relation stand in one place, each of them once."""
    about: Counter[str] = Counter()
    for node in _data_tests(manifest):
        if node.get("test_metadata") is not None:
            assert node["test_metadata"]["name"] == "holds", node["name"]
            about[node["attached_node"]] += 1
        elif UNITED in node["depends_on"]["macros"]:
            about.update(node["depends_on"]["nodes"])
    found = Counter(asserted(manifest))
    assert len(found) > 250
    assert {count for count in about.values()} == {1}
    assert not [promise for promise, count in found.items() if count > 1]
