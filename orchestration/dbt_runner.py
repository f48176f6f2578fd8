"""dbt in this process, on the project as it was parsed before: no second interpreter, no parse, no log nobody reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.dbt_contexts import quick_contexts
from orchestration.dbt_cycles import quick_cycles
from orchestration.dbt_events import quick_events
from orchestration.dbt_steps import quick_steps
from orchestration.dbt_templates import FILE, kept_templates
from orchestration.manifest import (
    FINGERPRINT,
    PARTIAL_PARSE,
    PRODUCTION,
    prepared_manifest,
)
from orchestration.plain_paths import for_dbt
from orchestration.settings import DBT_DIR, Settings, environment_with
from orchestration.stopping import INTERRUPTS, is_asked
from orchestration.warehouse import open_read_only, raw_tables

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

_FAILED = ("error", "fail", "runtime error")
_FINISHED = "NodeFinished"
_LEAST_MEMORY = 1_500_000_000
_MOST_MEMORY = 3_000_000_000
_MEMORY_A_ROW = 500
"""Bytes; 2.8 million raw rows (100,000 tickets) were built with 1.1 GB each time, with less not always."""
_SMALL_FILE = 250_000_000
"""A file of so many bytes cannot hold raw rows for more than the least memory."""


@dataclass(frozen=True)
class Node:
    """What became of a node.

    ``status`` in dbt's words, ``seconds`` by the clock, ``failures`` rows that fail a test, ``query`` finds them.
    """

    unique_id: str
    status: str
    message: str
    seconds: float
    failures: int | None
    query: str | None = None

    @property
    def is_failed(self) -> bool:
        """Whether the build cannot be used because of it."""
        return self.status in _FAILED


@dataclass(frozen=True)
class Outcome:
    """How dbt ended; ``said`` is what it gave as the reason when it failed before running any node."""

    is_successful: bool
    said: str = ""
    nodes: Sequence[Node] = field(default=())


def run_dbt(
    arguments: Sequence[str],
    settings: Settings,
    advance: Callable[[str], None] | None = None,
    target: str = PRODUCTION,
) -> Outcome:
    """Run one dbt command on the warehouse; whatever fails in it is in the outcome.

    Args:
        arguments: command and its options.
        settings: whose warehouse, whose instant.
        advance: hears the name of every relation that was built.
        target: of dbt's profile.

    Raises:
        DbtProjectError: the project does not parse.
        KeyboardInterrupt: the process shall stop.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    parsed = prepared_manifest(target).parent
    manifest = _parsed(parsed)
    (settings.home / "tmp").mkdir(parents=True, exist_ok=True)
    folder = settings.home / "dbt"
    options = {
        "--project-dir": DBT_DIR,
        "--profiles-dir": DBT_DIR,
        "--target": target,
        "--target-path": folder / "target",
        "--log-path": folder,
        "--log-level": "none",
        "--log-level-file": "none",
    }
    callbacks: list[Callable[[EventMsg], None]] = [partial(_hear, advance)] if advance else []
    command = [
        *("--no-use-colors", "--no-version-check", "--no-write-json"),
        arguments[0],
        *(str(text) for option in options.items() for text in option),
        *arguments[1:],
    ]
    try:
        # dbt reads its profile and its clock from the environment
        with (
            environment_with(dbt_environment(settings)),
            quick_cycles(),
            quick_steps(),
            quick_contexts(),
            quick_events(frozenset({_FINISHED} if advance else ())),
            kept_templates(parsed / FILE, (parsed / FINGERPRINT).read_text()),
        ):
            ended = dbtRunner(manifest=manifest, callbacks=callbacks).invoke(command)
    finally:
        # The adapter keeps the file open for the life of the process; others want to read it.
        DuckDBConnectionManager.close_all_connections()
    if isinstance(ended.exception, INTERRUPTS) or (not ended.success and is_asked()):
        raise KeyboardInterrupt  # dbt gives every exception back, or a result without some nodes
    results = getattr(ended.result, "results", None) or []
    return Outcome(ended.success, str(ended.exception or ""), [_node(result) for result in results])


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Variables that dbt's profile and its one clock macro read."""
    return {
        "DESKHOUSE_HOME": str(settings.home),
        "DESKHOUSE_WAREHOUSE": str(for_dbt(settings.warehouse)),
        "DESKHOUSE_AS_OF": settings.as_of.isoformat(),
        "DESKHOUSE_MEMORY_LIMIT": os.environ.get("DESKHOUSE_MEMORY_LIMIT")
        or memory_limit(settings.warehouse),
        # a model waits for the tests of what it reads by as few edges as will do
        "DBT_USE_FAST_TEST_EDGES": "true",
    }


def memory_limit(warehouse: Path) -> str:
    """How much memory DuckDB may take for a build where nobody says it: it takes what it may and spills the rest.

    It follows the raw rows, which are there before the first build. A third more than such a build was seen to go with:
    what two statements need at once differs from run to run, and a build must not fail for it.

    Args:
        warehouse: the working file; need not exist.

    Returns:
        Megabytes in DuckDB's words.

    Raises:
        DeskhouseError: the file cannot be read.
    """
    needed = 0
    if warehouse.exists() and warehouse.stat().st_size > _SMALL_FILE:
        with open_read_only(warehouse) as connection:
            needed = sum(rows for _, _, rows, _ in raw_tables(connection)) * _MEMORY_A_ROW
    return f"{min(max(needed, _LEAST_MEMORY), _MOST_MEMORY) // 10**6}MB"


def _parsed(folder: Path) -> Manifest:
    """The project as dbt keeps it between parses, read for each run: dbt would not compile its nodes a second time."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    path = folder / PARTIAL_PARSE
    # dbt's own type asks for one kind of decoder and is given this one by dbt itself
    manifest = Manifest.from_msgpack(path.read_bytes(), decoder=extended_mashumuro_decoder)
    # what models see as ``graph``; dbt makes it after each parse and keeps it nowhere
    manifest.build_flat_graph()
    return manifest


def _hear(advance: Callable[[str], None], message: EventMsg) -> None:
    if message.info.name == _FINISHED:
        node = message.data.node_info
        if node.resource_type in ("model", "seed"):
            advance(f"{node.node_relation.schema}.{node.node_relation.alias}")


def _node(result: Any) -> Node:
    return Node(
        result.node.unique_id,
        str(result.status),
        " ".join((result.message or "").split()),
        result.execution_time,
        result.failures,
        getattr(result.node, "compiled_code", None) if result.status == "fail" else None,
    )
