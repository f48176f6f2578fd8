"""A published file of another size: the facts of an existing one repeated under other keys, everything else as it is.

Tables with a row for each ticket, answer owed, message, action or event are repeated; those with a row for each day,
month or place are not, because they grow with places and persons. Instants stay, so every copy lies in the same months,
and copies of a row lie side by side: a table that is sorted by time stays so.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.publishing import STORAGE_VERSION
from orchestration.warehouse import sql_text

COUNTED = "core.fct_response_obligations"
_SHARED = (
    *("agent_key", "team_key", "channel_key", "tag_key", "marketplace_account_key", "macro_key"),
    *("order_key", "customer_key"),
)
"""Ends of key columns that name what all copies have in common."""
_REPEATED_BY = {"ticket_key", "original_ticket_key", "fact_key"}
"""Columns of which a table has one where it has a row for each ticket, or for each of its facts."""


def grow(source: Path, target: Path, obligations: int) -> int:
    """Write ``target`` with about that many answers owed; returns how many it holds.

    Args:
        source: a published ``marts.duckdb``.
        target: the new file; its folder exists.
        obligations: wanted number of rows of ``core.fct_response_obligations``.

    Raises:
        RuntimeError: the source holds none, so nothing can be repeated.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {sql_text(source)} as small (read_only)")
        connection.execute(
            f"attach {sql_text(target)} as grown (storage_version '{STORAGE_VERSION}')"
        )
        have = _count(connection, f"small.{COUNTED}")
        if not have:
            raise RuntimeError(
                f"{source} holds no answers owed, so a larger file cannot be made of it."
            )
        copies = max(1, round(obligations / have))
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = 'small' order by all"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"create schema if not exists grown.{schema}")
            rows = repeated(connection, schema, table, copies)
            connection.execute(f"create table grown.{schema}.{table} as select * from {rows}")
        connection.execute("checkpoint grown")
        return _count(connection, f"grown.{COUNTED}")


def repeated(connection: duckdb.DuckDBPyConnection, schema: str, table: str, copies: int) -> str:
    """The rows of a table of ``small`` as SQL, those of tickets that many times."""
    listed = _columns(connection, schema, table)
    rows = f"small.{schema}.{table}"
    if _REPEATED_BY.isdisjoint(listed):
        return rows
    columns = ", ".join(_copied(name) for name in listed)
    return f"(select {columns} from (select *, unnest(range({copies})) as copy_no from {rows}))"


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    counted: int = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
    return counted


def _columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    rows = connection.execute(
        "select column_name from information_schema.columns where table_catalog = 'small' "
        "and table_schema = ? and table_name = ? order by ordinal_position",
        [schema, table],
    ).fetchall()
    return [name for (name,) in rows]


def _copied(name: str) -> str:
    """A column of a copy: keys and numbers of tickets are its own, the first copy keeps those of the source."""
    is_own = name == "ticket_id" or (name.endswith("_key") and not name.endswith(_SHARED))
    if not is_own:
        return f'"{name}"'
    return f'case when copy_no = 0 then "{name}" else "{name}" || \'-\' || copy_no end as "{name}"'
