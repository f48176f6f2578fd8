"""Random small worlds, built day by day: pieces equal the whole (D5, F31), and the whole the second computation.

Every seed is one tenant, so that a few builds judge them all. A failing seed is printed with its whole history and can
be replayed alone, with the rows that do not matter taken out: ``python -m tests.property.replay``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.manifest import read_manifest
from tests.acceptance.silent_desks import logbook
from tests.oracle.comparison.compare import compare_core, compare_kpis
from tests.oracle.comparison.registry import MARTS, compared
from tests.oracle.reasons import test_tag_marts
from tests.oracle.scorecards import test_fairness
from tests.oracle.speed import test_speed_volume
from tests.property.chain import AS_OF, SEEDS, WITH_RULES, build_chain
from tests.property.landing import story, tenant_name
from tests.property.worlds import random_world
from tests.shared_build import built_once, held_for_reading
from tests.touched import of_touched_alone
from tests.warehouse_content import content

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
Told = list[dict[str, Any]]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home in which the days were built."""
    with held_for_reading(built_once(tmp_path_factory, "worlds-day-by-day", build_chain)) as home:
        yield home


@pytest.fixture(scope="module")
def days(chain: Path) -> Told:
    """What was told of each day's build."""
    told: Told = json.loads((chain / "days.json").read_text("utf-8"))
    return told


def test_changed_rows_touch_what_they_concern_and_a_changed_rule_everything(days: Told) -> None:
    for number, day in enumerate(days):
        anew, tickets = sum(day["anew"].values()), sum(day["tickets"].values())
        is_everything = number in (0, WITH_RULES)
        assert anew == tickets if is_everything else 0 < anew < tickets, number


def test_the_first_word_of_a_customer_ends_the_silence(days: Told) -> None:
    """The facts of a source whose first customer is heard after months are made anew, those of no other are."""
    assert [len(day["cycles"]) for day in days] == [14, 14, 14, 1]
    last = days[-1]
    assert last["cycles"] == ["late"]
    assert last["anew"]["logbook"] == last["tickets"]["logbook"] == len(logbook().rows["tickets"])
    assert "heard" not in last["anew"] and last["tickets"]["heard"] == 1


def test_pieces_equal_the_whole(chain: Path) -> None:
    # what the rules were up to the horizon of the build before speaks of that build
    one, other = (
        content(chain / name, ("reference_hash_then",), ("core", "canonical", "intermediate"))
        for name in ("pieces.duckdb", "warehouse.duckdb")
    )
    differing = {name: (one[name], other.get(name)) for name in one if one[name] != other.get(name)}
    assert {name: both for name, both in differing.items() if name not in _of_one_build()} == {}


def _of_one_build() -> set[str]:
    """Tables that are about one build and nothing before."""
    nodes = {
        key: node
        for key, node in read_manifest()["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    partial = {nodes[key]["name"] for key in of_touched_alone(nodes)}
    return {f"intermediate.{name}" for name in (*partial, "build_state")}


def test_core_and_monthly_numbers_agree(chain: Path) -> None:
    warehouse = chain / "warehouse.duckdb"
    report, computed = compare_core(warehouse, AS_OF)
    compare_kpis(report, warehouse, computed)
    assert report.compared["core.fct_response_obligations"] > len(SEEDS)
    if report.differences:
        label = report.differences[0].label
        seeds = [seed for seed in SEEDS if label.startswith(tenant_name(seed))]
        told = [story(random_world(seed, tenant_name(seed), AS_OF)) for seed in seeds]
        pytest.fail("\n".join([f"seeds {seeds}", report.text(), *told]))


def test_marts_agree(chain: Path) -> None:
    warehouse = chain / "warehouse.duckdb"
    points, _ = test_speed_volume.differences(warehouse, AS_OF)
    windows, _, _ = test_tag_marts.windows(warehouse, AS_OF)
    assert not points + windows, "\n".join([*points[:20], *windows[:20]])
    found = [compared(warehouse, AS_OF, table) for table in MARTS]
    found.append(test_fairness.differences(warehouse, AS_OF)[0])
    found += test_fairness.coaching_comparisons(warehouse, AS_OF).values()
    assert not any(mart.differences for mart in found), "\n".join(
        f"{mart.table}: {mart.text()}" for mart in found if mart.differences
    )
