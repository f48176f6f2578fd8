"""A scratch copy of the canonical tables, judged anew by the same dbt models; nothing of it outlives the replay."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.errors import ConfigurationError, DeskhouseError, DiskFullError
from orchestration.plain_paths import for_dbt
from orchestration.preflight import free_bytes
from orchestration.settings import DBT_DIR
from orchestration.warehouse import (
    describe_engine_error,
    engine_errors,
    open_read_only,
    sql_text,
)
from orchestration.what_if.applying import RULES, Applying
from orchestration.what_if.policy_file import PolicyFile

_PREFIX = "what-if-"
_MODELS = ("int_kpi_verdicts", "dim_channels", "fct_response_obligations", "fct_sla_verdicts")
_BUILT = ("intermediate", "core", "marts")
"""Folders of models that are built anew; what they read from elsewhere is copied."""
_ROOM = 100 * 1024 * 1024

_manifest: Any = None


class ReplayError(DeskhouseError):
    """The models could not be built under the changed promises."""


@contextmanager
def replayed(warehouse: Path, file: PolicyFile, home: Path | None = None) -> Iterator[Path]:
    """The path of a warehouse with the verdicts as they would be under a policy file; removed at the block's end.

    Args:
        warehouse: the file of the last build, or its copy beside the publication; it is only read.
        file: the changes.
        home: folder that the scratch copy lies in, default the warehouse's own.

    Raises:
        ConfigurationError: there is no warehouse yet, or the file names what does not exist in it.
        DiskFullError: not enough room for the copy.
        ReplayError: dbt failed.
        WarehouseLockedError: a run is writing.
    """
    if not warehouse.exists():
        raise ConfigurationError(f"{warehouse} does not exist yet: run deskhouse run first.")
    with _scratch(warehouse, home or warehouse.parent) as folder:
        # dbt names relations after the file, so the copy bears the warehouse's name.
        copy = folder / warehouse.name
        with _environment(folder, copy, last_as_of(warehouse)), engine_errors(copy):
            # The rules first: a name that does not exist is said before anything slow begins.
            _copy(warehouse, copy, [("canonical", name) for name in RULES])
            with duckdb.connect(str(copy)) as connection:
                Applying(connection, file).apply()
            manifest = _parsed()
            built, inputs = _plan(manifest)
            addresses = [_address(manifest, name) for name in inputs]
            _copy(warehouse, copy, addresses)
            _run(manifest, [manifest.nodes[name].name for name in built])
        yield copy


def last_as_of(warehouse: Path) -> datetime:
    """The instant that the facts of the last build were judged at: the replay judges at the same one."""
    with open_read_only(warehouse) as connection:
        rows = connection.execute(
            "select max_by(as_of, run_started_at) from intermediate.build_state"
        ).fetchall()
    if rows[0][0] is None:
        raise ConfigurationError(f"{warehouse} holds no finished build: run deskhouse run first.")
    found: datetime = rows[0][0]
    return found


@contextmanager
def _scratch(warehouse: Path, home: Path) -> Iterator[Path]:
    _remove_dead(home)
    free, needed = free_bytes(home), warehouse.stat().st_size + _ROOM
    if free < needed:
        raise DiskFullError(
            f"The disk that holds {home} has {free // 2**20} MiB free and a replay needs {needed // 2**20} MiB: "
            "free some space or move DESKHOUSE_HOME; nothing was changed."
        )
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=home))
    try:
        # Held while we live, so that a successor knows which folders of a killed replay are free to be removed.
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_dead(home: Path) -> None:
    for folder in home.glob(f"{_PREFIX}*"):
        try:
            with (folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _environment(folder: Path, copy: Path, as_of: datetime) -> Iterator[None]:
    """What dbt's profile and clock read, for the block only."""
    values = {
        "DESKHOUSE_HOME": str(folder),
        "DESKHOUSE_WAREHOUSE": str(for_dbt(copy)),
        "DESKHOUSE_AS_OF": f"{as_of.isoformat()}+00:00",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROJECT_DIR": str(DBT_DIR),
        "DBT_PROFILES_DIR": str(DBT_DIR),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    before = {name: os.environ.get(name) for name in values}
    (folder / "tmp").mkdir()
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _dbt(arguments: list[str], manifest: Any = None) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    try:
        return dbtRunner(manifest=manifest).invoke(
            ["--quiet", "--no-use-colors", "--no-version-check", *arguments]
        )
    finally:
        # The adapter keeps the file open for the life of the process; we read and remove it.
        DuckDBConnectionManager.close_all_connections()


def _parsed() -> Any:
    """The project as dbt sees it, parsed once per process."""
    global _manifest
    if _manifest is None:
        outcome = _dbt(["parse"])
        if not outcome.success:
            raise ReplayError(f"dbt could not read the project: {outcome.exception}")
        _manifest = outcome.result
    return _manifest


def _plan(manifest: Any) -> tuple[list[str], list[str]]:
    """Ids of the models to build, and of those that they read but that stay as they are."""
    by_name = {
        node.name: name for name, node in manifest.nodes.items() if node.resource_type == "model"
    }
    waiting = [by_name[name] for name in _MODELS]
    built: set[str] = set()
    inputs: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in built or name in inputs:
            continue
        node = manifest.nodes[name]
        if node.resource_type == "model" and node.fqn[1] in _BUILT:
            built.add(name)
            waiting += node.depends_on.nodes
        else:
            inputs.add(name)
    return sorted(built), sorted(inputs)


def _address(manifest: Any, name: str) -> tuple[str, str]:
    node = manifest.nodes[name]
    return node.schema, node.alias


def _copy(warehouse: Path, copy: Path, relations: list[tuple[str, str]]) -> None:
    with open_read_only(warehouse) as connection:
        connection.execute(f"attach {sql_text(copy)} as scratch (read_write)")
        for schema in sorted({schema for schema, _ in relations}):
            connection.execute(f'create schema if not exists scratch."{schema}"')
        for schema, name in relations:
            address = f'"{schema}"."{name}"'
            connection.execute(
                f"create table if not exists scratch.{address} as select * from {address}"
            )
        connection.execute("detach scratch")


def _run(manifest: Any, names: list[str]) -> None:
    outcome = _dbt(["run", "--select", *names], manifest)
    if outcome.success:
        return
    results = getattr(outcome.result, "results", None) or []
    failed = [f"{result.node.name} ({result.message})" for result in results if result.message]
    for text in (*failed, str(outcome.exception or "")):
        known = describe_engine_error(RuntimeError(text), Path(os.environ["DESKHOUSE_HOME"]))
        if known is not None:
            raise known
    broken = [
        f"{result.node.name} ({' '.join(str(result.message).split())})"
        for result in results
        if result.status in ("error", "fail", "runtime error")
    ]
    reason = "; ".join(broken[:3]) or str(outcome.exception)
    raise ReplayError(f"The replay could not be built: {reason}; nothing was changed.")
