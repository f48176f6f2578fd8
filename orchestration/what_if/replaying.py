"""A scratch copy of the canonical tables, judged anew by the same dbt models; nothing of it outlives the replay."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.errors import ConfigurationError, DeskhouseError, DiskFullError
from orchestration.dbt_runner import run_dbt
from orchestration.manifest import read_manifest
from orchestration.preflight import free_bytes
from orchestration.settings import Settings, nothing_there, read_settings
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
        raise nothing_there(warehouse, is_published=False)
    with _scratch(warehouse, home or warehouse.parent) as folder:
        # dbt names relations after the file, so the copy bears the warehouse's name.
        copy = folder / warehouse.name
        as_of = last_as_of(warehouse).replace(tzinfo=UTC)
        with engine_errors(copy):
            # The rules first: a name that does not exist is said before anything slow begins.
            _copy(warehouse, copy, [("canonical", name) for name in RULES])
            with duckdb.connect(str(copy)) as connection:
                Applying(connection, file).apply()
            manifest = read_manifest()
            nodes = {**manifest["sources"], **manifest["nodes"]}
            built, inputs = _plan(nodes)
            _copy(warehouse, copy, [_address(nodes[name]) for name in inputs])
            settings = replace(read_settings(), home=folder, as_of=as_of)
            _run(settings, [nodes[name]["name"] for name in built])
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


def _plan(nodes: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Ids of the models to build, and of the relations that they read but that stay as they are.

    A step is part of its readers' queries: what it reads is copied in its place.
    """
    by_name = {node["name"]: name for name, node in nodes.items() if name.startswith("model.")}
    waiting = [by_name[name] for name in _MODELS]
    built: set[str] = set()
    inputs: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in built or name in inputs:
            continue
        node = nodes[name]
        is_model = node["resource_type"] == "model"
        is_step = is_model and node["config"]["materialized"] == "ephemeral"
        if is_step or (is_model and node["fqn"][1] in _BUILT):
            built.add(name)
            waiting += node["depends_on"]["nodes"]
        else:
            inputs.add(name)
    return sorted(built), sorted(inputs)


def _address(node: Mapping[str, Any]) -> tuple[str, str]:
    """Schema and name of a relation; a source has an identifier for a name."""
    return node["schema"], node.get("alias") or node["identifier"]


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


def _run(settings: Settings, names: list[str]) -> None:
    outcome = run_dbt(["run", "--select", *names], settings)
    if outcome.is_successful:
        return
    for text in (*(node.message for node in outcome.nodes), outcome.said):
        known = describe_engine_error(RuntimeError(text), settings.home)
        if known is not None:
            raise known
    broken = [f"{node.unique_id} ({node.message})" for node in outcome.nodes if node.is_failed]
    reason = "; ".join(broken[:3]) or outcome.said
    raise ReplayError(f"The replay could not be built: {reason}; nothing was changed.")
