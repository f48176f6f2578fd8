"""Drives the whole pipeline for tests: landing files or simulated vendors in, a built warehouse out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.config import IngestionSettings
from ingestion.pipeline import LoadResult, run_sources, settle_keys
from orchestration.check_store import ensure_results_table
from orchestration.manifest import prepared_manifest

DBT_DIR = Path(__file__).parent.parent / "dbt_project"
UP_TO_CORE = ("+path:models/canonical", "+path:models/core", "+build_state")
"""Selects every model that keeps rows from build to build, and what it reads; the marts are made anew each time.
``build_state`` says that the build is finished: without it the next one would compute every ticket anew."""


class BuildError(AssertionError):
    """dbt could not build or test something; the text names every failed node."""


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set environment variables for the block and restore them after it."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def load(
    sources: Sequence[str], home: Path, as_of: datetime, landing_dir: Path | None = None
) -> list[LoadResult]:
    """Load sources into ``home/warehouse.duckdb``; a source that fails fails the test."""
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
) -> Path:
    """Build seeds and models in the warehouse of ``home``, without tests; returns its path.

    The manifest is read once per process, from the parse that all tests share.

    Args:
        home: data folder of the test.
        as_of: instant everything is judged at.
        select: dbt selectors, default everything.
        full_refresh: rebuild incremental models.
        exclude: dbt selectors left out.

    Raises:
        BuildError: naming each failed node and its message.
    """
    ensure_results_table(home / "warehouse.duckdb")
    settle_keys(IngestionSettings(home, as_of))
    arguments = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    if select:
        arguments += ["--select", *select]
    if exclude:
        arguments += ["--exclude", *exclude]
    if full_refresh:
        arguments.append("--full-refresh")
    _invoke(arguments, home, as_of)
    return home / "warehouse.duckdb"


def check(home: Path, as_of: datetime, kind: str) -> int:
    """Run every dbt test of a kind (``unit`` or ``data``) against the built warehouse of ``home``.

    Returns:
        How many passed.

    Raises:
        BuildError: naming each test that failed.
    """
    results = _invoke(["test", "--select", f"test_type:{kind}"], home, as_of)
    return sum(result.status == "pass" for result in results)


_manifest: Any = None


def _invoke(arguments: list[str], home: Path, as_of: datetime) -> list[Any]:
    global _manifest
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    target = home / "dbt" / "target"
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    if _manifest is None:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(prepared_manifest().parent / "partial_parse.msgpack", target)
    with environment(
        DESKHOUSE_HOME=str(home),
        DESKHOUSE_WAREHOUSE=str(home / "warehouse.duckdb"),
        DESKHOUSE_AS_OF=as_of.isoformat(),
        DBT_TARGET_PATH=str(target),
        DBT_LOG_PATH=str(home / "dbt" / "logs"),
        DBT_PROJECT_DIR=str(DBT_DIR),
        DBT_PROFILES_DIR=str(DBT_DIR),
    ):
        quiet = ["--quiet", "--no-use-colors", "--no-version-check", "--log-level-file", "error"]
        try:
            if _manifest is None:
                parsed = dbtRunner().invoke([*quiet, "parse"])
                if not parsed.success:
                    raise BuildError(f"dbt parse failed: {parsed.exception}")
                _manifest = parsed.result
            outcome = dbtRunner(manifest=_manifest).invoke([*quiet, *arguments])
        finally:
            # The adapter keeps the file open for the life of the process; others want to read it.
            DuckDBConnectionManager.close_all_connections()
    results = list(getattr(outcome.result, "results", []))
    if not outcome.success:
        failed = [
            f"{result.node.unique_id}: {result.message}"
            for result in results
            if result.status in ("error", "fail", "runtime error")
        ]
        raise BuildError("\n".join(failed) or f"dbt failed: {outcome.exception}")
    return results


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
