"""One definition per id (R1): one model computes every KPI id, and whoever shows it beside is compared with it."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.manifest import prepared_manifest
from orchestration.settings import DBT_DIR
from tests.pipeline import step_query

COMPANIONS = {
    "missed_contact_rate": {"int_kpi_breaches"},
    "qa_agreement": {"int_kpi_alpha", "int_kpi_kappa"},
    "aht": {"int_kpi_agent_handle_times"},
}
"""Models that give a companion of the KPI beside its cards. What another policy would make of missed contacts counts
verdicts, not contacts; agreement beyond chance and a person's own handle time are no sums of the counted rows."""
LOOPED = {
    "sla_compliance_first_reply": {"int_kpi_breaches"},
    "sla_compliance_next_reply": {"int_kpi_breaches"},
}
"""Companions whose id a loop spells: only their rows tell."""
ADDS_UP = "int_kpi_summed"
"""Adds up the rows that other models give."""
READ = {
    "amz_account_status": {"amazon__account_health_snapshots"},
}
"""Models that hand the same rows on to the emitter."""
SHOWN = {
    "amz_late_response_rate_est": {"int_account_health_measured"},
    "attribution_coverage": {"int_message_checks"},
    "clock_anomaly_rate": {"int_obligation_checks"},
    "load_completeness": {"int_load_checks"},
    "unmapped_rate": {"int_load_checks"},
    "late_arrival_rate": {"int_load_checks"},
    # under a name of its own for each layer
    "policy_coverage": set(),
    "time_precision_share": set(),
}
"""Marts that show the number by day: a dbt test compares it with the month's."""
COMPARED = "assert_kpi_shown_in_two_places_is_one_number"
_EMITTED = re.compile(
    r"""'kpi_id':\s*'(\w+)'|'id':\s*'(\w+)'|'(\w+)'\s+as\s+(?:kpi_id|metric|check_name)\b"""
    r"""|^\s*\('(\w+)',|^\s*'(\w+)',\s*$|kpi_rows\('\w+',\s*'(\w+)'""",
    re.MULTILINE,
)
_LANES = ("int_kpi_counts_observed", "int_kpi_durations_observed", "int_kpi_recomputed")


def _registry() -> dict[str, dict[str, str]]:
    path = DBT_DIR / "seeds" / "seed_kpi_definitions.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        return {row["kpi_id"]: row for row in csv.DictReader(stream)}


def _nodes() -> dict[str, dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = json.loads(prepared_manifest().read_text("utf-8"))["nodes"]
    return nodes


def emitters(models: dict[str, str], ids: set[str]) -> dict[str, set[str]]:
    """Models that give rows the id of a KPI; the rows behind a number (``*_rows``) are part of its model."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in models.items():
        for groups in _EMITTED.findall(code):
            found[next(filter(None, groups))].add(name.removesuffix("_rows"))
    return {kpi: found[kpi] for kpi in ids}


def test_every_kpi_has_one_emitter() -> None:
    registry = _registry()
    models = {n["name"]: n["raw_code"] for n in _nodes().values() if n["resource_type"] == "model"}
    found = emitters(models, set(registry))
    wrong = {}
    for kpi, row in registry.items():
        # a published figure carries the id it was loaded under
        own = {row["computed_in"]} - {"", "int_kpi_published_latest"}
        beside = COMPANIONS.get(kpi, set()) | READ.get(kpi, set()) | SHOWN.get(kpi, set())
        if found[kpi] - {"int_kpi_published_latest"} != own | beside:
            wrong[kpi] = sorted(found[kpi])
    assert wrong == {}


@pytest.mark.parametrize(
    "code",
    [
        "select 'frt' as metric, 1 as value",
        "{{ kpi_counts('x', [{'kpi_id': 'frt', 'stat': 'ratio'}]) }}",
        "{% for id, where in [\n    ('frt', 'true'),\n] %}",
        "select\n    1,\n    'frt',\n    2",
    ],
)
def test_a_second_model_that_computes_a_kpi_is_found(code: str) -> None:
    assert emitters({"int_kpi_turns": "", "mart_of_today": code}, {"frt"}) == {
        "frt": {"mart_of_today"}
    }


def test_a_condition_on_an_id_emits_nothing() -> None:
    code = "select * from t where kpi_id = 'frt' and metric in ('frt', 'nrt')"
    assert emitters({"reader": code}, {"frt"}) == {"frt": set()}


def test_whoever_shows_a_number_beside_is_compared() -> None:
    (test,) = [n for n in _nodes().values() if n["name"] == COMPARED]
    assert [kpi for kpi in SHOWN if kpi not in test["raw_code"]] == []


@pytest.mark.slow
def test_no_statistic_of_a_kpi_comes_from_two_models(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    """Of all rows of the simulated seller: statistic, clock, layer and variant name one model."""
    nodes, registry = _nodes(), _registry()
    givers: dict[tuple[str, ...], set[str]] = defaultdict(set)
    with duckdb.connect(str(simulated_warehouse[0]), read_only=True) as connection:
        for lane in _LANES:
            parents = nodes[f"model.deskhouse.{lane}"]["depends_on"]["nodes"]
            stat = "'duration'" if lane == "int_kpi_durations_observed" else "stat"
            for parent in parents:
                name = nodes[parent]["name"]
                query = step_query(simulated_warehouse[0].parent, name)
                if "clock" not in connection.sql(f"from {query}").columns:
                    continue  # what the lane leaves out, no model of numbers
                for row in connection.execute(
                    f"select distinct kpi_id, {stat}, clock, layer, variant from {query}"
                ).fetchall():
                    givers[row].add(name)
    assert {row: names for row, names in givers.items() if len(names) > 1} == {}
    strangers = {
        (row[0], name)
        for row, names in givers.items()
        for name in names
        - {registry[row[0]]["computed_in"]}
        - COMPANIONS.get(row[0], set())
        - LOOPED.get(row[0], set())
        - {ADDS_UP}
    }
    assert sorted(strangers) == []
