"""The private copy of another size, as far as a look at a number reads it: core facts and the rows behind some KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from orchestration.bench.grown import repeated
from orchestration.explain.left_out import LEFT_OUT
from orchestration.explain.relations import EVIDENCE, SCHEMA, UNIONS, WHOLE
from orchestration.warehouse import sql_text

_READ = (*UNIONS.values(), WHOLE, EVIDENCE, LEFT_OUT, "int_kpi_published_latest")
"""What a look at a number reads; views stand over the grown facts as they are, tables are grown themselves."""
_AS_IT_IS = ("governance_review", "seeds")


def grow_evidence(source: Path, target: Path, copies: int, kpis: Sequence[str]) -> None:
    """Write ``target`` with every core fact, and the rows behind these KPIs, that many times.

    Rows of other KPIs stay as they are: who asks for one KPI does not read them.

    Args:
        source: the private copy of a publication.
        target: the new file, named as the warehouse is, because its views name the database; its folder exists.
        copies: how often.
        kpis: whose rows are repeated.
    """
    with duckdb.connect(str(target)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach {sql_text(source)} as small (read_only)")
        views = dict(
            connection.execute(
                "select view_name, sql from duckdb_views() where database_name = 'small' and schema_name = ? "
                "and list_contains(?, view_name)",
                [SCHEMA, list(_READ)],
            ).fetchall()
        )
        for address in sorted(_tables(connection) | _named_by(connection, views.values())):
            schema, table = address.split(".")
            connection.execute(f"create schema if not exists {schema}")
            times = copies if schema == "core" else 1
            rows = repeated(connection, schema, table, times)
            connection.execute(f"create table {address} as select * from {rows}")
        connection.execute(f"create schema if not exists {SCHEMA}")
        for table in sorted({*UNIONS.values(), WHOLE, EVIDENCE} - views.keys()):
            _grow_rows(connection, table, copies, kpis)
        for sql in views.values():
            connection.execute(sql)
        connection.execute("checkpoint")


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'small' "
        "and list_contains(?, schema_name)",
        [["core", *_AS_IT_IS]],
    ).fetchall()
    return {address for (address,) in rows}


def _named_by(connection: duckdb.DuckDBPyConnection, views: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for sql in views:
        query = sql[sql.lower().index(" as ") + len(" as ") :].rstrip("; \n")
        for name in connection.get_table_names(query, qualified=True):
            found.add(name.partition(" AS ")[0].replace('"', ""))
    return found


def _grow_rows(
    connection: duckdb.DuckDBPyConnection, table: str, copies: int, kpis: Sequence[str]
) -> None:
    """KPI by KPI, so that the rows lie sorted as the warehouse sorts them without sorting all at once."""
    listed = connection.execute(
        f"select distinct kpi_id from small.{SCHEMA}.{table} order by 1"
    ).fetchall()
    connection.execute(f"create table {SCHEMA}.{table} as from small.{SCHEMA}.{table} limit 0")
    for (kpi,) in listed:
        rows = repeated(
            connection, SCHEMA, table, copies if kpi in kpis else 1, f"kpi_id = {sql_text(kpi)}"
        )
        connection.execute(f"insert into {SCHEMA}.{table} select * from {rows} order by month")
