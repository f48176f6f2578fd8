"""The dbt project as a whole: described, grain tested, layered, spelt right; dbt checks none of this on DuckDB."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
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
    """In YAML; a private step of the computation may say it in the comment at its head instead."""
    bare = []
    for _, node in models(manifest):
        is_private = node["access"] == "private"
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


BUILD_MARKERS = ("build_state",)
"""Notes when a build ended, so it reads everything that must have ended before."""


def layer_of(node: dict[str, Any]) -> str:
    parts = Path(node["original_file_path"]).parts
    return parts[1] if parts[0] == "models" else parts[0]


ALLOWED = {
    # canonical reads intermediate for what it infers, never the other way round past core
    "staging": {"staging", "seeds", "source"},
    "canonical": {"staging", "canonical", "seeds", "source"},
    "intermediate": {"canonical", "intermediate", "seeds"},
    "core": {"canonical", "intermediate", "core", "seeds"},
    "marts": {"canonical", "intermediate", "core", "marts", "seeds", "source", "staging"},
}


def test_no_edge_runs_against_the_layers(manifest: dict[str, Any]) -> None:
    forbidden = []
    for _, node in models(manifest):
        layer = layer_of(node)
        for upstream_id in node["depends_on"]["nodes"]:
            if upstream_id.startswith("source."):
                upstream, name = "source", upstream_id
            else:
                source = manifest["nodes"][upstream_id]
                upstream, name = layer_of(source), source["name"]
            is_marker = node["name"] in BUILD_MARKERS
            if upstream not in ALLOWED[layer] and not is_marker:
                forbidden.append(f"{node['name']} ({layer}) reads {name} ({upstream})")
    assert forbidden == []


def test_marts_read_staging_only_for_what_never_becomes_canonical(manifest: dict[str, Any]) -> None:
    """Refused rows and load records are about the load, not about the business; nothing else may pass the border."""
    read = {
        manifest["nodes"][upstream]["name"]
        for _, node in models(manifest)
        if layer_of(node) == "marts"
        for upstream in node["depends_on"]["nodes"]
        if upstream.startswith("model.") and layer_of(manifest["nodes"][upstream]) == "staging"
    }
    assert read <= {"stg_all__quarantined_records"}


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


def test_models_stay_readable() -> None:
    long = []
    for path in (DBT_DIR / "models").rglob("*.sql"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        if len(lines) > 300:
            long.append(f"{path.name}: {len(lines)} lines")
    assert long == []


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
