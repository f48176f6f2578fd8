"""``python -m orchestration.bench.child WHAT HOME INSTANT``: one measured piece of work in a process of its own.

``full`` and ``changed`` build as a run does (seeds, models, data tests; ``changed`` leaves what would come out as it
stands); ``flat`` runs the SQL of the same models one after the other in one connection. The last line of
standard output is a JSON object with the seconds of each model.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building import build_error, dbt_arguments
from orchestration.check_store import ensure_results_table
from orchestration.dbt_runner import run_dbt
from orchestration.manifest import read_manifest
from orchestration.settings import Settings
from orchestration.unchanged import end_build, read_inputs, unchanged_nodes

COMPILED = "compiled.json"
"""In the home: relation and statements of each model in the order in which a full build made them."""
_MEMBERS = "/* pieces end */"
"""Written behind the members of a union by macro ``pieces_end``."""


def bench_settings(home: Path, as_of: datetime) -> Settings:
    """Settings of a bench's home, judged at an instant."""
    return Settings(
        home=home,
        landing_dir=None,
        as_of=as_of,
        is_as_of_pinned=True,
        engine="duckdb",
        configured_vendors=(),
    )


def build(settings: Settings, is_full: bool) -> dict[str, float]:
    """Build as a run does; seconds of each seed and model.

    Raises:
        DeskhouseError: the build failed.
    """
    ensure_results_table(settings.warehouse)
    inputs = read_inputs(settings.warehouse)
    left = [] if is_full else unchanged_nodes(read_manifest(), settings.warehouse, inputs)
    outcome = run_dbt(dbt_arguments(is_full, left), settings)
    if not outcome.is_successful:
        raise build_error(outcome, settings.warehouse)
    end_build(settings.warehouse, inputs)
    if is_full:
        _keep_compiled(settings)
    return {
        node.unique_id.split(".")[-1]: node.seconds
        for node in outcome.nodes
        if node.unique_id.startswith(("model.", "seed."))
    }


def _keep_compiled(settings: Settings) -> None:
    """Write down what a full build ran, in an order in which it can be run again."""
    nodes = read_manifest()["nodes"]
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    after = {key: set(node["depends_on"]["nodes"]) & set(models) for key, node in models.items()}
    target = settings.home / "dbt" / "target"
    kept = []
    for key in TopologicalSorter(after).static_order():
        node = models[key]
        if node["config"]["materialized"] == "ephemeral":
            continue
        relation = f'"{node["schema"]}"."{node["alias"]}"'
        kind = "view" if node["config"]["materialized"] == "view" else "table"
        sql, statements = (
            (target / what / "deskhouse" / node["original_file_path"]).read_text(encoding="utf-8")
            for what in ("compiled", "run")
        )
        # a union whose members stand by themselves is written in several statements, and its readers read those
        is_union = _MEMBERS in sql
        kept.append(
            (relation, statements if is_union else f"create or replace {kind} {relation} as {sql}")
        )
    (settings.home / COMPILED).write_text(json.dumps(kept), encoding="utf-8")


def flat(settings: Settings) -> dict[str, float]:
    """Run the kept SQL over a built warehouse, one statement after the other; seconds of each relation."""
    kept: list[tuple[str, str]] = json.loads((settings.home / COMPILED).read_text(encoding="utf-8"))
    options: dict[str, Any] = {
        "memory_limit": "3GB",
        "preserve_insertion_order": False,
        "threads": 2,
    }
    found = {}
    with duckdb.connect(str(settings.warehouse), config=options) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for relation, sql in kept:
            started = time.perf_counter()
            connection.execute(sql)
            found[relation] = time.perf_counter() - started
    return found


def main() -> None:
    """Do the piece of work named on the command line."""
    what, home, instant = sys.argv[1:]
    settings = bench_settings(Path(home), datetime.fromisoformat(instant))
    done = flat(settings) if what == "flat" else build(settings, is_full=what == "full")
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
