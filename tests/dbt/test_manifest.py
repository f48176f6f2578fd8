"""The dbt project as a whole: described, grain tested, layered, spelt right; dbt checks none of this on DuckDB."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.manifest import prepared_manifest
from orchestration.publishing import PUBLISHED_SCHEMAS
from orchestration.settings import DBT_DIR

VENDORS = ("zendesk", "amazon", "ebay")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(prepared_manifest().read_text(encoding="utf-8"))
    return content


def models(manifest: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] == "model":
            yield unique_id, node


def published(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for _, node in models(manifest) if node["schema"] in PUBLISHED_SCHEMAS]


def test_every_model_is_described(manifest: dict[str, Any]) -> None:
    """In YAML; what keeps no rows or is private may say it in the comment at its head instead."""
    bare = []
    for _, node in models(manifest):
        is_private = node["access"] == "private" or node["config"]["materialized"] == "ephemeral"
        has_comment = re.match(r"\s*(\{\{[^}]*\}\}\s*)*(--|\{#)", node["raw_code"])
        if not node["description"].strip() and not (is_private and has_comment):
            bare.append(node["name"])
    assert bare == []


def test_every_published_column_is_described_and_contracted(manifest: dict[str, Any]) -> None:
    faults = []
    for node in published(manifest):
        if not node["config"]["contract"]["enforced"]:
            faults.append(f"{node['name']}: contract is not enforced")
        if not node["columns"]:
            faults.append(f"{node['name']}: no columns")
        for name, column in node["columns"].items():
            if not column["description"].strip():
                faults.append(f"{node['name']}.{name}: no description")
            if not column["data_type"]:
                faults.append(f"{node['name']}.{name}: no data type")
    assert faults == []


def test_descriptions_say_more_than_the_name(manifest: dict[str, Any]) -> None:
    echoes = []
    for node in published(manifest):
        for name, column in node["columns"].items():
            if name == "name":
                continue
            said = column["description"].strip().rstrip(".").lower().replace("_", " ")
            if said in (name.replace("_", " "), f"the {name.replace('_', ' ')}"):
                echoes.append(f"{node['name']}.{name}")
    assert echoes == []


def test_the_grain_of_every_published_table_is_proved(manifest: dict[str, Any]) -> None:
    """A promise of uniqueness or a primary key constraint, on the model itself."""
    proved: set[str] = set()
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and _is_about_uniqueness(node):
            proved.add(node["attached_node"])
    unproved = []
    for unique_id, node in models(manifest):
        if node["schema"] not in PUBLISHED_SCHEMAS:
            continue
        constraints = [c["type"] for c in node["constraints"]] + [
            c["type"] for column in node["columns"].values() for c in column["constraints"]
        ]
        is_constrained = bool({"primary_key", "unique"} & set(constraints))
        if unique_id not in proved and not is_constrained:
            unproved.append(node["name"])
    assert unproved == []


def _is_about_uniqueness(test: dict[str, Any]) -> bool:
    stated = test.get("test_metadata") or {}
    return bool(stated.get("kwargs", {}).get("unique")) or "unique" in test["name"]


def folder_of(node: dict[str, Any]) -> str:
    """Folder of a model below ``models``, such as ``core/records``; of a seed ``seeds``."""
    parts = Path(node["original_file_path"]).parts
    return "/".join(parts[1:-1]) if parts[0] == "models" else parts[0]


def layer_of(node: dict[str, Any]) -> str:
    return folder_of(node).split("/")[0]


READS = {
    "staging": {"staging", "seeds", "source"},
    "canonical": {"staging", "canonical", "seeds", "source"},
    "intermediate": {"canonical", "intermediate", "seeds"},
    "core": {"canonical", "intermediate", "core", "seeds"},
    # sources of marts: the ledger, and the results of checks
    "marts": {"core", "marts", "seeds", "source"},
}
"""Which layers a layer reads. No model is exempt: what a mart asks for, core hands on."""


def readings(manifest: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every model with each model or seed it reads."""
    for _, node in models(manifest):
        for upstream in node["depends_on"]["nodes"]:
            if not upstream.startswith("source."):
                yield node, manifest["nodes"][upstream]


def test_no_edge_runs_against_the_layers(manifest: dict[str, Any]) -> None:
    forbidden = [
        f"{node['name']} ({layer_of(node)}) reads {read['name']} ({layer_of(read)})"
        for node, read in readings(manifest)
        if layer_of(read) not in READS[layer_of(node)]
    ]
    forbidden += [
        f"{node['name']} ({layer_of(node)}) reads {upstream}"
        for _, node in models(manifest)
        for upstream in node["depends_on"]["nodes"]
        if upstream.startswith("source.") and "source" not in READS[layer_of(node)]
    ]
    assert forbidden == []


def test_marts_read_no_raw_rows_but_those_of_the_house(manifest: dict[str, Any]) -> None:
    """What a vendor or a file delivered passes the border; the ledger and the results of checks are ours."""
    foreign = [
        f"{node['name']} reads {upstream}"
        for _, node in models(manifest)
        if layer_of(node) == "marts"
        for upstream in node["depends_on"]["nodes"]
        if upstream.startswith("source.")
        and upstream.split(".")[2] not in ("raw_ledger", "raw_checks")
    ]
    assert foreign == []


def circle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """The nodes of one circle of a graph in order, or none; `edges` lead from who reads to what is read."""
    reads: dict[str, set[str]] = defaultdict(set)
    for node, read in edges:
        if node != read:
            reads[node].add(read)
    try:
        tuple(TopologicalSorter(reads).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_folders_form_no_circle(manifest: dict[str, Any]) -> None:
    """Folders are read in one direction, so that whoever opens one knows what stands before it."""
    edges = {(folder_of(node), folder_of(read)) for node, read in readings(manifest)}
    found = circle(edges)
    between = [
        f"{node['name']} reads {read['name']}"
        for node, read in readings(manifest)
        if folder_of(node) != folder_of(read) and {folder_of(node), folder_of(read)} <= set(found)
    ]
    assert found == [], between


@pytest.mark.parametrize(
    ("edges", "length"),
    [
        ([("a", "b"), ("b", "c"), ("a", "c"), ("a", "a")], 0),
        ([("a", "b"), ("b", "c"), ("c", "b")], 3),
        ([("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")], 4),
    ],
)
def test_a_circle_is_found(edges: list[tuple[str, str]], length: int) -> None:
    assert len(circle(edges)) == length


def test_no_vendor_is_named_right_of_canonical(manifest: dict[str, Any]) -> None:
    named = []
    for _, node in models(manifest):
        if layer_of(node) not in ("intermediate", "core", "marts"):
            continue
        for upstream in node["depends_on"]["nodes"]:
            if any(f"raw_{vendor}" in upstream or f"{vendor}__" in upstream for vendor in VENDORS):
                named.append(f"{node['name']} reads {upstream}")
        for number, line in enumerate(node["raw_code"].splitlines(), start=1):
            if "source_system =" in line and any(vendor in line for vendor in VENDORS):
                named.append(f"{node['name']} line {number}: {line.strip()}")
    assert named == []


def test_public_models_belong_to_a_group_with_an_owner(manifest: dict[str, Any]) -> None:
    owners = {group["name"]: group["owner"].get("email") for group in manifest["groups"].values()}
    orphans = [
        node["name"]
        for _, node in models(manifest)
        if node["access"] == "public" and not owners.get(node["group"] or "")
    ]
    assert orphans == []


def test_every_published_table_has_an_exposure(manifest: dict[str, Any]) -> None:
    exposed: set[str] = set()
    for exposure in manifest["exposures"].values():
        exposed.update(exposure["depends_on"]["nodes"])
    marts = {
        unique_id: node["name"]
        for unique_id, node in models(manifest)
        if node["schema"] in PUBLISHED_SCHEMAS
        and node["schema"] != "core"
        and node["access"] == "public"
    }
    assert sorted(name for unique_id, name in marts.items() if unique_id not in exposed) == []


def test_the_clock_is_read_in_one_macro_only() -> None:
    """``now()`` anywhere else would make a run unrepeatable."""
    words = ("now()", "current_timestamp", "current_date", "getdate(", "today()")
    found = []
    for folder in ("models", "macros", "tests"):
        for path in (DBT_DIR / folder).rglob("*.sql"):
            if path.name == "as_of_at.sql":
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                code = line.split("--")[0].lower()
                if any(word in code for word in words):
                    found.append(f"{path.name} line {number}")
    assert found == []


MOST_LINES = {".sql": 150, ".yml": 400}
LONGER = {
    "int_breach_owners.sql": "one rule of ownership, each clause a step of it",
    "int_messages_visible.sql": "every property of a message that rules ask for, decided in one place",
    "int_work_measures.sql": "one branch per kind of measure, united",
    "int_touched_tickets.sql": "every reason why a ticket is computed anew, side by side",
    "int_clock_intervals.sql": "one branch per purpose of a clock, united",
    "int_turn_breaks.sql": "a turn is cut in one pass over its messages",
    "int_turns_merged.sql": "turns of merged tickets: what joins, what is waived and what ends are one argument",
    "int_obligations.sql": "the four kinds of obligation in the same columns",
    "int_cycles.sql": "which ends and reopenings count is one argument; its unit tests go from events to cycles",
    "fct_response_obligations.sql": "the columns of the atom, each with its expression",
    "fct_assignment_spans.sql": "what a transfer is needs the whole span; its unit test goes from states to transfers",
    "int_alert_turns.sql": "one branch per stretch of a turn",
    "int_alert_resolution_states.sql": "grid, window and levels of one alert",
    "alerts.sql": "the columns of the published table, each with its expression",
    "agent_scorecards.sql": "the columns of the published table, each with its expression",
    "int_scorecard_standing.sql": "strength, goal, spread and limit of one standing, column by column",
    "int_coaching_signals.sql": "one branch per signal, united",
    "speed_volume.sql": "the verdict table with what a reader may look up",
    "backlog_daily.sql": "a stock from its movements, and the columns of the published table",
    "operator_activity_daily.sql": "the columns of the published table, each with its expression",
    "account_health_daily.sql": "limit, projection and allowance of one metric, and the columns of the published table",
    "tag_volume_windows.sql": "the columns of the published table, each with its expression",
    "int_fix_effects.sql": "one difference of differences from orders to verdict",
    "int_load_checks.sql": "one branch per check, united",
    "forum_results.sql": "the columns of the published table, each with its expression",
    "kpi_monthly.sql": "the columns of the published table, each with its expression",
    "int_alert_compliance_states.sql": "a person's week or last fifty, beside the same week of everybody else",
    "int_restatements_found.sql": "a moved number is explained until nothing is left over",
    "int_ledger_fact_rows.sql": "one branch per table that is fingerprinted, united",
    "int_kpi_gaps.sql": "one order in which needs are asked",
    "int_kpi_silent_scopes.sql": "which sources a scope lives on, scope by scope",
    "int_kpi_reconciliation_rows.sql": "one branch per figure that is set against a platform's or a tool's",
    "int_cost_shares.sql": "one key of allocation from booking to person",
    "int_kpi_breaches.sql": "the cards of breached promises, of overruns and of what missed contacts would count as",
    "int_kpi_planning.sql": "the cards of forecasts and staffing",
    "int_kpi_surveys.sql": "the cards of answers and of surveys sent",
    "int_resolved_issues.sql": "an issue with all that follows from its resolution",
    "_raw_landing__sources.yml": "the contract of landing files as sources, written by a command",
    "_operations__unit_tests.yml": "one test per card",
}
"""Longer files of models, each with the reason why it is not cut."""


def test_files_stay_readable() -> None:
    """Lines that are not blank; a file that is longer says here why, and one that was cut leaves the list."""
    long = {
        path.name
        for path in (DBT_DIR / "models").rglob("*")
        if path.suffix in MOST_LINES
        and sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        > MOST_LINES[path.suffix]
    }
    assert sorted(long ^ LONGER.keys()) == []


KNOWN_KEYS = {
    "version",
    "models",
    "seeds",
    "sources",
    "unit_tests",
    "exposures",
    "groups",
    "macros",
    "semantic_models",
    "metrics",
    "snapshots",
    "data_tests",
}
MODEL_KEYS = {
    "name",
    "description",
    "config",
    "columns",
    "data_tests",
    "constraints",
    "docs",
    "latest_version",
    "versions",
    "deprecation_date",
    "access",
    "group",
    "time_spine",
}
COLUMN_KEYS = {
    "name",
    "description",
    "data_type",
    "data_tests",
    "constraints",
    "config",
    "granularity",
    "quote",
}


def test_no_yaml_key_is_misspelt() -> None:
    faults = []
    for path in sorted((DBT_DIR / "models").rglob("*.yml")) + sorted(
        (DBT_DIR / "seeds").rglob("*.yml")
    ):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        faults += [f"{path.name}: {key}" for key in content.keys() - KNOWN_KEYS]
        for model in content.get("models") or []:
            faults += [f"{path.name}: {model['name']}: {key}" for key in model.keys() - MODEL_KEYS]
            for column in model.get("columns") or []:
                faults += [
                    f"{path.name}: {model['name']}.{column['name']}: {key}"
                    for key in column.keys() - COLUMN_KEYS
                ]
    assert faults == []


def test_every_described_model_and_column_exists(manifest: dict[str, Any]) -> None:
    """A YAML entry for a model that is gone is read by nobody and believed by somebody."""
    names = {node["name"] for _, node in models(manifest)}
    ghosts = []
    for path in (DBT_DIR / "models").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        ghosts += [
            f"{path.name}: {model['name']}"
            for model in content.get("models") or []
            if model["name"] not in names
        ]
    assert ghosts == []
