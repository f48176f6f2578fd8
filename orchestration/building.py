"""What the build of the warehouse needs around dbt: seeds that are valid, failures in words, facts about the tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

import duckdb

from ingestion.errors import DeskhouseError
from orchestration.dbt_runner import Node, Outcome
from orchestration.warehouse import describe_engine_error, engine_errors, open_read_only

_SHOWN_FAILURES = 5
_SHOWN_CHARS = 240
_OTHER_VERSION = "source and target schemas on this incremental model are out of sync"


class BuildError(DeskhouseError):
    """dbt could not build or prove the warehouse; what was published before stays."""


@dataclass(frozen=True)
class RelationFacts:
    """Rows (null for views) and columns with their types of a relation."""

    rows: int | None
    columns: tuple[tuple[str, str], ...]


def relation_facts(warehouse: Path) -> dict[tuple[str, str], RelationFacts]:
    """Facts of every relation by (schema, name), read in one go after the build."""
    with open_read_only(warehouse) as connection:
        columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for schema, table, column, type_ in connection.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            "order by table_schema, table_name, ordinal_position"
        ).fetchall():
            columns.setdefault((schema, table), []).append((column, type_))
        rows = {}
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where not temporary"
        ).fetchall():
            counted = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchall()
            rows[schema, table] = counted[0][0]
    return {
        address: RelationFacts(rows.get(address), tuple(found))
        for address, found in columns.items()
    }


def drop_leftovers(warehouse: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Drop what an earlier version built and this one does not: nobody may read, or publish, what stands still.

    Args:
        warehouse: the working file, after a whole build.
        manifest: dbt's; schemas that no seed or model of it has are left alone.

    Returns:
        The addresses of what was dropped.
    """
    built = {
        (node["schema"], node["alias"])
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
    }
    with engine_errors(warehouse), duckdb.connect(str(warehouse)) as connection:
        standing = connection.execute(
            "select 'view', schema_name, view_name from duckdb_views() where not internal union all "
            "select 'table', schema_name, table_name from duckdb_tables() where not internal order by all desc"
        ).fetchall()
        schemas = {schema for schema, _ in built}
        left = [row for row in standing if row[1] in schemas and row[1:] not in built]
        for kind, schema, name in left:
            connection.execute(f'drop {kind} "{schema}"."{name}"')
    return [f"{schema}.{name}" for _, schema, name in left]


def dbt_arguments(is_full_refresh: bool, left: Collection[str] = ()) -> list[str]:
    """Arguments of the production build: seeds, models and data tests; unit tests prove code and run in CI.

    Args:
        is_full_refresh: rebuild incremental models from nothing.
        left: names of seeds and models that stay as they are; their data tests run all the same.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if is_full_refresh:
        arguments.append("--full-refresh")
    if left:
        arguments += ["--indirect-selection", "empty", "--exclude", *sorted(left)]
    return arguments


def build_error(outcome: Outcome, warehouse: Path) -> DeskhouseError:
    """One sentence for a failed build of a warehouse."""
    found = [
        (node.unique_id, _broken_promises(node, warehouse) or node.message)
        for node in outcome.nodes
        if node.is_failed
    ]
    for text in (*(message for _, message in found), outcome.said):
        known = describe_engine_error(RuntimeError(text), warehouse)
        if known is not None:
            return known
    if any(_OTHER_VERSION in message for _, message in found):
        return BuildError(
            f"{warehouse} holds tables of another version of the project; run once with --full-refresh: nothing that "
            "was loaded or closed is lost, and what was published before stays until then."
        )
    if not found:
        reason = " ".join(outcome.said.split()) or "dbt gave no reason"
        return BuildError(f"The warehouse could not be built: {reason}")
    shown = "; ".join(
        f"{node} ({shorten(message, _SHOWN_CHARS, placeholder=' …')})"
        for node, message in found[:_SHOWN_FAILURES]
    )
    more = f" and {len(found) - _SHOWN_FAILURES} more" if len(found) > _SHOWN_FAILURES else ""
    return BuildError(
        f"The warehouse could not be built, {len(found)} nodes failed: {shown}{more}; "
        "what was published before stays, correct the cause and run again."
    )


def _broken_promises(node: Node, warehouse: Path) -> str:
    """Which promises of a relation are broken, in how many rows; empty for other tests: they may show persons."""
    if node.query is None:
        return ""
    try:
        with open_read_only(warehouse) as connection:
            cursor = connection.execute(node.query)
            if [column[0] for column in cursor.description or []] != ["promise", "failing_rows"]:
                return ""
            found = cursor.fetchall()
    except (DeskhouseError, duckdb.Error):
        return ""
    return ", ".join(f"{promise} ({rows:,} rows)" for promise, rows in found)
