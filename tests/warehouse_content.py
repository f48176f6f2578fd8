"""Content of a warehouse for comparisons: two builds of the same data must agree row for row (architecture D5)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

PUBLISHED = (
    "core",
    "agent_sla",
    "tag_volume",
    "governance_review",
    "marketplace_health",
    "data_quality",
)
BUILT = (*PUBLISHED, "seeds", "canonical", "intermediate")
"""Everything that dbt builds."""
VOLATILE = {"_loaded_at", "load_id", "run_id", "checked_at", "published_at", "dbt_invocation_id"}
"""Columns that may differ between two builds of the same data."""


def content(
    warehouse: Path, besides: Collection[str] = (), schemas: Collection[str] = PUBLISHED
) -> dict[str, tuple[int, str]]:
    """Row count and order-free content hash of each table of the schemas, without volatile columns and ``besides``."""
    result = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for (schema, table), known in _columns(connection, schemas).items():
            names = (name for name in known if name not in besides)
            # of a table with volatile columns alone only the rows are counted
            columns = ", ".join(f'"{name}"' for name in names) or "null"
            result[f"{schema}.{table}"] = connection.execute(
                f"select count(*), cast(sum(cast(hash(rows) as hugeint)) as varchar)"
                f' from (select {columns} from "{schema}"."{table}") as rows'
            ).fetchall()[0]
    return result


def difference(
    left: Path,
    right: Path,
    limit: int = 5,
    besides: Collection[str] = (),
    schemas: Collection[str] = PUBLISHED,
) -> str:
    """Rows of two warehouses that differ, a few per table, to be read by a person; empty when they agree."""
    lines = []
    one, other = content(left, besides, schemas), content(right, besides, schemas)
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) == other.get(name):
            continue
        lines.append(f"{name}: {one.get(name)} against {other.get(name)}")
        if name not in one or name not in other:
            continue
        schema, table = name.split(".")
        with duckdb.connect(str(left), read_only=True) as connection:
            connection.execute(f"attach '{right}' as other (read_only)")
            known = _columns(connection, [schema])[schema, table]
            names = (name for name in known if name not in besides)
            columns = ", ".join(f'"{column}"' for column in names)
            for here, there, mark in (("", "other.", "<"), ("other.", "", ">")):
                rows = connection.execute(
                    f'select {columns} from {here}"{schema}"."{table}"'
                    f' except all select {columns} from {there}"{schema}"."{table}" order by all limit {limit}'
                ).fetchall()
                lines.extend(f"  {mark} {row}" for row in rows)
    return "\n".join(lines)


def _columns(
    connection: duckdb.DuckDBPyConnection, schemas: Collection[str]
) -> dict[tuple[str, str], list[str]]:
    """Columns of every table that are no volatile ones; asked for once, because each question walks the catalogue."""
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
        " where table_catalog = current_database() and list_contains(?, table_schema)"
        " order by table_schema, table_name, ordinal_position",
        [[*schemas]],
    ).fetchall():
        columns = found.setdefault((schema, table), [])
        if column not in VOLATILE:
            columns.append(column)
    return found


def computed_anew(warehouse: Path) -> tuple[int, int]:
    """Tickets that the last build computed anew, and all tickets: an incremental build has fewer of the first."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found: tuple[int, int] = connection.execute(
            "select (select count(*) from intermediate.int_touched_tickets), "
            "(select count(*) from canonical.tickets)"
        ).fetchall()[0]
    return found
