"""Whose rows an export holds: for the log of look-ups, which is written before the file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

BeforeWriting = Callable[[str, list[str], int, list[str]], None]
"""Is told the filters (persons left out), the agent keys of the rows, how many there are, and of which tenants."""


def rows_of_persons(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, str],
    rows: str,
    parameters: Sequence[Any],
    filters: Sequence[str],
) -> tuple[str, list[str], int, list[str]]:
    """Filters, keys of agents, number of rows and tenants of a selection.

    Args:
        connection: on the published file.
        sources: SQL of each column by name.
        rows: from and where.
        parameters: of the conditions.
        filters: ``column = value`` in words.
    """
    columns = [
        source
        for name, source in sources.items()
        if name == "agent_key" or name.endswith("_agent_key")
    ]
    if {"scope_type", "scope_id"} <= sources.keys():
        columns.append(
            f"case when {sources['scope_type']} = 'agent' then {sources['scope_id']} end"
        )
    keys: set[str] = set()
    for column in columns:
        found = connection.execute(f"select distinct {column} {rows}", parameters).fetchall()
        keys.update(str(key) for (key,) in found if key is not None)
    count = connection.execute(f"select count(*) {rows}", parameters).fetchall()[0][0]
    # a filter may hold a name: whose rows they are, the keys say
    kept = [text for text in filters if not text.split(" ")[0].endswith(("name", "scope_id"))]
    tenants: list[str] = []
    if "tenant_id" in sources:
        found = connection.execute(
            f"select distinct {sources['tenant_id']} {rows} order by 1", parameters
        ).fetchall()
        tenants = [str(name) for (name,) in found]
    return f" ({', '.join(kept)})" if kept else "", sorted(keys), int(count), tenants
