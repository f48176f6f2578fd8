"""Exposures name what people look at: every page, pack and dashboard that exists, with the tables that it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import typer

from orchestration.cli import app
from orchestration.dashboard.registry import PAGES
from orchestration.manifest import read_manifest
from orchestration.superset.store import SLUG
from tests.dbt.consumers import ROOT, tables_read
from tests.superset.world import dashboard, of_kind

PAGE_ROOMS = ("orchestration.dashboard", "orchestration.explain", "orchestration.case")
PERSONS = "orchestration.presenting.persons"
"""Tells persons of one name apart by a query that stories, packs and alerts contain; others know its words alone."""
COMMANDS = {
    "review": (
        "orchestration.pack.building",
        ("orchestration.pack", "orchestration.presenting.scopes", PERSONS),
    ),
    "case": ("orchestration.case.story", ("orchestration.case", PERSONS)),
    "alerts": (
        "orchestration.commands.alerts",
        ("orchestration.commands.alerts", "orchestration.delivery.episodes", PERSONS),
    ),
}
"""Where the code of a command begins and which rooms it reads with; ``export`` takes any table."""


@pytest.fixture(scope="module")
def exposures() -> dict[str, dict[str, Any]]:
    """Each exposure by name, with the addresses of what it depends on as ``tables``."""
    manifest = read_manifest()
    return {
        one["name"]: {**one["config"]["meta"], "tables": _addresses(manifest, one)}
        for one in manifest["exposures"].values()
    }


def _addresses(manifest: Mapping[str, Any], exposure: Mapping[str, Any]) -> set[str]:
    nodes = [manifest["nodes"][unique_id] for unique_id in exposure["depends_on"]["nodes"]]
    return {f"{node['schema']}.{node['alias']}" for node in nodes}


def _by(exposures: dict[str, dict[str, Any]], kind: str) -> dict[str, set[str]]:
    return {one[kind]: one["tables"] for one in exposures.values() if kind in one}


def test_every_exposure_says_what_it_is_and_nothing_twice(
    exposures: dict[str, dict[str, Any]],
) -> None:
    kinds = [tuple(one.keys() & {"page", "command", "superset"}) for one in exposures.values()]
    assert all(len(kind) == 1 for kind in kinds)
    said = [(*kind, one[kind[0]]) for one, kind in zip(exposures.values(), kinds, strict=True)]
    assert len(said) == len(set(said))


def test_the_pages_are_those_of_the_dashboard(exposures: dict[str, dict[str, Any]]) -> None:
    assert set(_by(exposures, "page")) == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_depends_on_what_it_reads(exposures: dict[str, dict[str, Any]], page: str) -> None:
    rooms = (*PAGE_ROOMS, PERSONS) if page == "case" else PAGE_ROOMS
    assert _by(exposures, "page")[page] == tables_read(PAGES[page].__name__, rooms)


@pytest.mark.parametrize("name", [*COMMANDS, "export"])
def test_a_command_exists_and_depends_on_what_it_reads(
    exposures: dict[str, dict[str, Any]], name: str
) -> None:
    known: Any = typer.main.get_command(app)
    assert name in known.commands
    assert set(_by(exposures, "command")) == {*COMMANDS, "export"}
    if name in COMMANDS:
        assert _by(exposures, "command")[name] == tables_read(*COMMANDS[name])


def test_the_dashboard_of_superset_depends_on_what_its_datasets_read(
    exposures: dict[str, dict[str, Any]],
) -> None:
    found = {
        table
        for dataset in of_kind("datasets").values()
        for table in re.findall(r"\b(?:from|join)\s+([a-z_]+\.[a-z_]+)", dataset["sql"])
    }
    assert _by(exposures, "superset") == {SLUG: found}
    assert dashboard()["slug"] == SLUG


def test_what_a_module_reads_is_found_through_its_imports() -> None:
    alone = tables_read("orchestration.dashboard.views.speed", ("nowhere",))
    whole = tables_read("orchestration.dashboard.views.speed", PAGE_ROOMS)
    assert "agent_sla.speed_volume" in whole
    assert alone < whole
    assert (ROOT / "orchestration").is_dir()
