"""The private copy of another size, as far as a look at a number reads it: facts and the rows behind numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.bench.grown import repeated
from orchestration.explain.left_out import LEFT_OUT
from orchestration.explain.relations import (
    ADDED,
    COUNTS,
    DURATIONS,
    EVIDENCE,
    SCHEMA,
    SORTED,
    WHOLE,
)
from orchestration.warehouse import sql_text

_OF_MODELS = (COUNTS, DURATIONS, EVIDENCE)
"""Schemas of views and sorted tables, one for each model that counts."""
_READ = tuple(
    f"{SCHEMA}.{name}"
    for name in (ADDED, SORTED, WHOLE, DURATIONS, LEFT_OUT, "int_kpi_published_latest")
)
"""What a look at a number reads beside them."""
_AS_IT_IS = ("governance_review", "seeds")
"""Numbers and cards, which do not become more with the tickets."""


def grow_evidence(source: Path, target: Path, copies: int) -> None:
    """Write ``target`` with every fact, and every row behind a number, that many times.

    Args:
        source: the private copy of a publication.
        target: the new file; its folder exists.
        copies: how often.
    """
    with duckdb.connect(str(target)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {sql_text(source)} as small (read_only)")
        tables = _addresses(connection, "table")
        views = _needed(_addresses(connection, "view"))
        kept = ("core.", *_named(_AS_IT_IS), *_named(_OF_MODELS))
        needed = {name for name in tables if name.startswith(kept)}
        needed |= {name for name in tables if name in _READ or _is_named(name, views.values())}
        for address in sorted(needed):
            schema, table = address.split(".")
            connection.execute(f"create schema if not exists {schema}")
            times = 1 if schema in _AS_IT_IS else copies
            rows = repeated(connection, schema, table, times)
            connection.execute(f"create table {address} as select * from {rows}")
        # a view is read when it is made, so those that it reads come first
        for address in sorted(views, key=lambda name: name.startswith(_named(_OF_MODELS))):
            connection.execute(f"create schema if not exists {address.partition('.')[0]}")
            connection.execute(views[address])
        connection.execute("checkpoint")


def _named(schemas: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{schema}." for schema in schemas)


def _addresses(connection: duckdb.DuckDBPyConnection, kind: str) -> dict[str, str]:
    """Tables or views of ``small`` with the statements that make them."""
    rows = connection.execute(
        f"select schema_name || '.' || {kind}_name, sql from duckdb_{kind}s() where database_name = 'small' "
        "and not internal",
    ).fetchall()
    return dict(rows)


def _needed(views: Mapping[str, str]) -> dict[str, str]:
    """Views that a look reads, and those that they read."""
    needed = {
        name: sql
        for name, sql in views.items()
        if name in _READ or name.startswith(_named(_OF_MODELS))
    }
    while True:
        more = {
            name: sql
            for name, sql in views.items()
            if name not in needed and _is_named(name, needed.values())
        }
        if not more:
            return needed
        needed |= more


def _is_named(address: str, statements: Iterable[str]) -> bool:
    name = re.compile(rf"\b{re.escape(address)}\b")
    return any(name.search(sql) for sql in statements)
