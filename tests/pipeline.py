"""Drives the whole pipeline for tests: landing files or simulated vendors in, a built warehouse out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from ingestion.config import IngestionSettings
from ingestion.pipeline import LoadResult, run_sources, settle_keys
from ingestion.warehouse_file import held_open
from orchestration.check_store import ensure_results_table
from orchestration.dbt_runner import Node, run_dbt
from orchestration.manifest import PRODUCTION, read_manifest
from orchestration.settings import Settings, environment_with
from tests.empty_tables import begin_with_tables
from tests.remembered_hints import remember_hints
from tests.touched import STEPS, with_all_they_read

PARTS = "parts"
"""The target of dbt's profile in which every step is a view."""
UP_TO_CORE = ("+path:models/canonical", "+path:models/core", "+build_state")
"""Selects every model that keeps rows from build to build, and what it reads; the marts are made anew each time.
``build_state`` says that the build is finished: without it the next one would compute every ticket anew."""


class BuildError(AssertionError):
    """dbt could not build or test something; the text names every failed node."""


def environment(**variables: str) -> AbstractContextManager[None]:
    """Set environment variables for the block and restore them after it."""
    return environment_with(variables)


def load(
    sources: Sequence[str], home: Path, as_of: datetime, landing_dir: Path | None = None
) -> list[LoadResult]:
    """Load sources into ``home/warehouse.duckdb``; a source that fails fails the test.

    A new warehouse for one source alone begins with the empty tables of all, made once for all by what would make them
    (``ensure_tables``): nine seconds of a processor that prove nothing a second time.
    """
    remember_hints()
    if len(sources) == 1:
        begin_with_tables(home)
    results = run_sources(sources, IngestionSettings(home, as_of, landing_dir))
    for result in results:
        if result.error is not None:
            raise result.error
    return results


def build(
    home: Path,
    as_of: datetime,
    select: Sequence[str] = (),
    full_refresh: bool = False,
    exclude: Sequence[str] = (),
    target: str = PRODUCTION,
) -> Path:
    """Build seeds and models in the warehouse of ``home``, without tests; returns its path.

    Args:
        home: data folder of the test.
        as_of: instant everything is judged at.
        select: dbt selectors, default everything.
        full_refresh: rebuild incremental models.
        exclude: dbt selectors left out.
        target: of dbt's profile; with ``PARTS`` every step can be read by itself.

    Raises:
        BuildError: naming each failed node and its message.
    """
    home.mkdir(parents=True, exist_ok=True)
    with held_open(home / "warehouse.duckdb"):
        ensure_results_table(home / "warehouse.duckdb")
        settle_keys(IngestionSettings(home, as_of))
    arguments = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    if select:
        arguments += ["--select", *select]
    if exclude:
        arguments += ["--exclude", *exclude]
    if full_refresh:
        arguments.append("--full-refresh")
    _invoke(arguments, home, as_of, target)
    return home / "warehouse.duckdb"


def check(home: Path, as_of: datetime, kind: str) -> int:
    """Run every dbt test of a kind (``unit`` or ``data``) against the built warehouse of ``home``.

    Returns:
        How many passed.

    Raises:
        BuildError: naming each test that failed.
    """
    target = PARTS if kind == "unit" else PRODUCTION
    if kind == "unit":
        make_parts(home, as_of, _read_by_unit_tests())
    results = _invoke(["test", "--select", f"test_type:{kind}"], home, as_of, target)
    return sum(result.status == "pass" for result in results)


def make_parts(home: Path, as_of: datetime, steps: Sequence[str]) -> None:
    """Give steps that are part of their readers' queries views of their own in the built warehouse of ``home``."""
    _invoke(["run", "--select", *steps], home, as_of, PARTS)


def _read_by_unit_tests() -> list[str]:
    """Steps of which a unit test makes up rows, and the steps that those read; their columns are asked for."""
    manifest = read_manifest()
    nodes = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] != "test"
    }
    tested = {
        key for test in manifest["unit_tests"].values() for key in test["depends_on"]["nodes"]
    }
    given = {parent for key in tested for parent in nodes[key]["depends_on"]["nodes"]}
    found = with_all_they_read(nodes, given & nodes.keys())
    return sorted(
        nodes[key]["name"] for key in found if nodes[key]["config"]["materialized"] in STEPS
    )


def step_query(home: Path, name: str) -> str:
    """The whole query of a step in brackets, as the last build of ``home`` compiled it: no relation holds its rows."""
    (path,) = (home / "dbt/target/compiled/deskhouse/models").rglob(f"{name}.sql")
    return f"(\n{path.read_text(encoding='utf-8')}\n)"


def _invoke(
    arguments: list[str], home: Path, as_of: datetime, target: str = PRODUCTION
) -> Sequence[Node]:
    settings = Settings(home, None, as_of, True, "duckdb", ())
    outcome = run_dbt(arguments, settings, target=target)
    if not outcome.is_successful:
        failed = [f"{node.unique_id}: {node.message}" for node in outcome.nodes if node.is_failed]
        raise BuildError("\n".join(failed) or f"dbt failed: {outcome.said}")
    return outcome.nodes


def run_landing(
    folder: Path,
    home: Path,
    as_of: datetime,
    full_refresh: bool = False,
    select: Sequence[str] = (),
) -> Path:
    """Load a folder of landing files and build everything; returns the path of the warehouse.

    Args:
        folder: landing files named after canonical tables.
        home: data folder; reuse it for a second, incremental run.
        as_of: aware instant everything is judged at.
        full_refresh: rebuild incremental models.
        select: dbt selectors to build less than everything.
    """
    load(["landing"], home, as_of, folder)
    return build(home, as_of, select, full_refresh)


def fresh_home(path: Path) -> Path:
    """An empty data folder at ``path``."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
