"""What a build may go on from: facts made by the same rules, and seeds and models that would come out as they stand.

A model is left when the project is the same as in the last finished build, the model looks at no clock and nothing of
the database while it is compiled, and no table that it reads, through however many models, was loaded into or is built
anew. A view that fits the first two is left in any case: it holds no rows. A step that is part of its readers' queries
makes them move as if they read what it reads. Facts that other rules made are made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from ingestion import person_keys
from orchestration.manifest import fingerprint_of, in_build_order, project_fingerprint
from orchestration.settings import DBT_DIR
from orchestration.warehouse import engine_errors, open_read_only, raw_tables

_ALIVE = re.compile(
    r"run_query|get_relation|load_relation|load_cached_relation|env_var|run_started_at|\bvar\(|"
    r"is_incremental|should_full_refresh|invocation_id|get_columns_in_relation|list_relations"
)
"""What makes the SQL of a model depend on more than the files of the project."""
_HASHED_ROWS = 5_000
"""Up to here a raw table is compared by content, so that reading the same rows again changes nothing."""
_KEYS_OF_PERSONS = (
    (person_keys.SCHEMA, person_keys.TABLE, "bearers"),
    (
        "raw_landing",
        "agent_identities",
        "tenant_id, source_system, agent_id, same_as_tenant_id, same_as_system, same_as_agent_id, is_deleted_in_source",
    ),
)
"""Tables, with what counts of them, that keys of persons are made by."""
_BOOKKEEPING = ("_dlt_load_id", "_dlt_id")
_SCHEMA, _TABLE = "raw_checks", "build_inputs"
_FACT_RULES = ("macros", "models/staging", "models/canonical", "models/intermediate", "models/core")
_KINDS = {"view": "view", "table": "table", "incremental": "table", "seed": "table"}

Fingerprints = dict[str, str]


def read_inputs(warehouse: Path) -> Fingerprints:
    """Fingerprints of all that a build reads: the project with its engine, and raw tables by ``schema.table``.

    ``rules`` is what ``rules_now`` says.
    """
    engine = f"{version('dbt-core')} {version('dbt-duckdb')} {duckdb.__version__}"
    found = {
        "project": f"{project_fingerprint()} {engine}",
        "rules": rules_now(warehouse),
    }
    with open_read_only(warehouse) as connection:
        for schema, table, rows, columns in raw_tables(connection):
            if table == _TABLE:
                continue
            names = [column.split(" ")[0] for column in columns]
            content = _content(names, rows)
            state = connection.execute(
                f'select count(*), {content} from "{schema}"."{table}"'
            ).fetchall()
            found[f"{schema}.{table}"] = f"{state[0]} {columns}"
    return found


def rules_now(warehouse: Path) -> str:
    """By what rows are made that stay from build to build: files of the project, and the keys of persons they bear.

    Those follow from the privacy key and from the sheet that says which agents are one person.
    """
    files = fingerprint_of(
        path for folder in _FACT_RULES for path in (DBT_DIR / folder).rglob("*.sql")
    )
    with open_read_only(warehouse) as connection:
        found = [
            connection.execute(
                f"select sum(cast(hash({columns}) as hugeint)) from {schema}.{table} as bearers"
            ).fetchall()[0][0]
            for schema, table, columns in _KEYS_OF_PERSONS
            if connection.execute(
                "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?",
                [schema, table],
            ).fetchall()[0][0]
        ]
    return " ".join([files, *(str(each) for each in found if each is not None)])


def is_built_by_other_rules(warehouse: Path) -> bool:
    """Whether the last build was of another version of the project, or of other keys of persons."""
    before = recorded_inputs(warehouse) if warehouse.exists() else {}
    known = {before[name] for name in ("rules", "rules begun") if before.get(name)}
    return bool(known) and known != {rules_now(warehouse)}


def _content(names: list[str], rows: int) -> str:
    if rows > _HASHED_ROWS and "_dlt_load_id" in names:
        return "max(_dlt_load_id)"
    listed = ", ".join(f'"{name}"' for name in names if name not in _BOOKKEEPING)
    return f"sum(cast(hash({listed}) as hugeint))"


def recorded_inputs(warehouse: Path) -> Fingerprints:
    """What the last finished build began with; of one that did not finish only by which rules it began."""
    with open_read_only(warehouse) as connection:
        exists = connection.execute(
            "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?",
            [_SCHEMA, _TABLE],
        ).fetchall()[0][0]
        if not exists:
            return {}
        rows = connection.execute(f"select name, fingerprint from {_SCHEMA}.{_TABLE}").fetchall()
    return dict(rows)


def begin_build(warehouse: Path, inputs: Mapping[str, str]) -> bool:
    """Note that a build begins; until ``end_build`` nothing that it finds is trusted to be unchanged.

    Returns:
        Whether facts stand in the warehouse that other rules made, in a finished build or in one that was broken off:
        then the build has to make all of them anew.
    """
    before = recorded_inputs(warehouse)
    with open_read_only(warehouse) as connection:
        has_facts = connection.execute(
            "select count(*) from duckdb_tables() where table_name = 'build_state'"
        ).fetchall()[0][0]
    rules = inputs["rules"]
    finished = before.get("rules", "" if has_facts else rules)
    begun = before.get("rules begun", finished)
    _write(warehouse, {"rules": finished, "rules begun": rules})
    return bool(has_facts) and {finished, begun} != {rules}


def end_build(warehouse: Path, inputs: Mapping[str, str]) -> None:
    """Remember what a finished build began with."""
    _write(warehouse, inputs)


def _write(warehouse: Path, inputs: Mapping[str, str]) -> None:
    with engine_errors(warehouse), duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"create schema if not exists {_SCHEMA}")
        connection.execute(
            f"create or replace table {_SCHEMA}.{_TABLE} as "
            "select unnest(?::varchar[]) as name, unnest(?::varchar[]) as fingerprint",
            [list(inputs), list(inputs.values())],
        )


def unchanged_nodes(
    manifest: Mapping[str, Any], warehouse: Path, inputs: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Seeds and models that a build from these inputs would only repeat: schema and relation by name.

    Args:
        manifest: dbt's, of the project as it is.
        warehouse: the working file as the last build left it.
        inputs: what ``read_inputs`` says now.
    """
    before = recorded_inputs(warehouse)
    if before.get("project") != inputs["project"]:
        return {}
    with open_read_only(warehouse) as connection:
        standing = dict(
            connection.execute(
                "select schema_name || '.' || table_name, 'table' from duckdb_tables() union all "
                "select schema_name || '.' || view_name, 'view' from duckdb_views()"
            ).fetchall()
        )
    changed = {name for name in {*before, *inputs} if before.get(name) != inputs.get(name)}
    return dict(_left(manifest, changed, standing))


def _left(
    manifest: Mapping[str, Any], changed: set[str], standing: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    alive_macros = _alive_macros(manifest["macros"])
    sources = {
        name: f"{source['schema']}.{source['identifier']}"
        for name, source in manifest["sources"].items()
    }
    moving = {name for name, address in sources.items() if address in changed}
    alive_steps: set[str] = set()
    for unique_id in in_build_order(manifest):
        node = manifest["nodes"][unique_id]
        kind = node["config"]["materialized"]
        # A step is part of its readers' queries: nothing of it stands, and only what it reads can move it.
        is_step = kind == "ephemeral"
        stands = standing.get(f"{node['schema']}.{node['alias']}") == _KINDS.get(kind, "step")
        parents = node["depends_on"].get("nodes", [])
        is_alive = bool(
            _ALIVE.search(node["raw_code"])
            or alive_macros.intersection(node["depends_on"]["macros"])
            or not alive_steps.isdisjoint(parents)
        )
        if is_step and is_alive:
            alive_steps.add(unique_id)
        reads_moving = not moving.isdisjoint(parents)
        if is_alive or reads_moving or not (stands or is_step):
            moving.add(unique_id)
        # A view with tables beside it (macro make_pieces) holds data, too.
        is_mere_view = kind == "view" and not node["config"].get("meta", {}).get("tables")
        if stands and not is_alive and (is_mere_view or not reads_moving):
            yield node["name"], (node["schema"], node["alias"])


def _alive_macros(macros: Mapping[str, Any]) -> set[str]:
    """Macros of the project that look at clock, database or environment, by themselves or through others."""
    ours = {name: macro for name, macro in macros.items() if name.startswith("macro.deskhouse.")}
    alive = {name for name, macro in ours.items() if _ALIVE.search(macro["macro_sql"])}
    while True:
        more = {
            name
            for name, macro in ours.items()
            if name not in alive and alive.intersection(macro["depends_on"]["macros"])
        }
        if not more:
            return alive
        alive |= more
