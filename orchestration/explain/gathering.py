"""The rows behind all parts of a number, read once: the first of each part, and what all of them come to.

The models count as they are asked; who wants a screen of rows need not have all of them written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import numpy

from orchestration.explain.evidence import COLUMNS, Makings, Model, chosen_rows, in_scope
from orchestration.explain.relations import Kind
from orchestration.warehouse import sql_text

PART = {
    Kind.COUNTS: ("stat", "clock", "layer", "variant"),
    Kind.RECOMPUTED: ("computed_in", "layer", "variant"),
}
"""What tells the parts of a number apart among the rows of each kind."""
_SUMS = ("numerator", "denominator", "n")


@dataclass(frozen=True)
class Gathered:
    """Rows of one kind behind the parts of a number.

    Attributes:
        rows: where those are that are listed.
        source: all of them as SQL, with the values that it binds.
        totals: table of what all rows of each part come to, None where it is added up when it is asked for.
    """

    rows: Model
    source: tuple[str, list[Any]]
    totals: str | None = None


@dataclass(frozen=True)
class Totals:
    """What all rows behind a number come to, listed or not.

    Attributes:
        rows: how many there are.
        sums: numerator, denominator and n added up; None where no row carries one.
        seconds: of every row of a duration, else empty.
        agent_keys: whose rows they are.
    """

    rows: int
    sums: dict[str, Decimal | None]
    seconds: list[int]
    agent_keys: frozenset[str]


def gather(
    connection: duckdb.DuckDBPyConnection,
    makings: Makings,
    facts: Mapping[str, Any],
    most: int | None,
) -> dict[Kind, Gathered]:
    """The rows of each kind that are behind the parts of a number, for all of which they are read once.

    They are put into temporary tables; nothing is written to the file. Durations lie sorted in a table of their own.

    Args:
        connection: reading connection to the warehouse.
        makings: what the KPI is made of.
        facts: tenant_id, month, kpi_id, scope_type and scope_id of the number.
        most: how many rows of each part are listed at most, None = all.
    """
    found: dict[Kind, Gathered] = {}
    for kind, models in makings.sources.items():
        source, given = _source(kind, models, facts)
        if kind is Kind.DURATIONS:
            found[kind] = Gathered(models[0], (source, given))
            continue
        table = f"explained_{kind.value}"
        rows, totals = Model(table, kind, schema=""), None
        if most is None:
            connection.execute(f"create or replace temp table {table} as {source}", given)
        else:
            totals = f"{table}_parts"
            part = ("kpi_id", "tenant_id", "month", *PART[kind])
            keys = ", ".join(part)
            # The fewer columns the better: all of every row is made comparable before the first ones are picked.
            row = ", ".join(f"{name} := {name}" for name in sorted(COLUMNS[kind] - {*part}))
            sums = ", ".join(f"sum({name}) as {name}" for name in _SUMS)
            connection.execute(
                f"""
                create or replace temp table {totals} as
                select
                    {keys},
                    count(*) as row_count,
                    {sums},
                    list(distinct agent_key) filter (where agent_key is not null) as agent_keys,
                    arg_min(struct_pack({row}), (happened_at, fact_key), {most:d}) as firsts
                from ({source}) as found
                group by {keys}
                """,
                given,
            )
            connection.execute(
                f"create or replace temp table {table} as select {keys}, unnest(first) "
                f"from (select {keys}, unnest(firsts) as first from {totals})"
            )
        found[kind] = Gathered(rows, (source, given), totals)
    return found


def _source(
    kind: Kind, models: tuple[Model, ...], facts: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    """All rows of these models in the scope of a number, as SQL with the values that it binds."""
    # Written out, the KPI is known when the query is planned: what observes other KPIs is not read at all.
    chosen = " and ".join(
        f"{name} = {sql_text(str(facts[name]))}" for name in ("kpi_id", "tenant_id", "month")
    )
    scope = (facts["scope_type"], facts["scope_id"])
    placed, given = in_scope(*scope)
    if kind is Kind.RECOMPUTED:
        # Rows that name their scope are repeated for each; apart, the type alone is known before scopes are joined.
        scope_type, scope_id = (sql_text(name) for name in scope)
        placed = (
            f"(scope_type is null or scope_type = {scope_type}) and (scope_type is null or scope_id = {scope_id}) "
            f"and (scope_type is not null or {placed})"
        )
    rows = " union all ".join(
        f"select found.* from {one.address} as found where {chosen} and {placed}" for one in models
    )
    return rows, given * len(models)


def totals_of(
    connection: duckdb.DuckDBPyConnection, gathered: Gathered, facts: dict[str, Any]
) -> Totals:
    """What all rows behind one row of the mart come to; of durations their seconds, which are sorted and not added.

    Args:
        connection: reading connection to the warehouse.
        gathered: the rows of its kind.
        facts: key of the mart's row, with its scope; computed_in for what is computed as a whole.
    """
    kind = gathered.rows.kind
    if gathered.totals is not None:
        where = " and ".join(f"{name} = ?" for name in PART[kind])
        rows, agents, *sums = connection.execute(
            f"select row_count, agent_keys, {', '.join(_SUMS)} from {gathered.totals} where {where}",
            [facts[name] for name in PART[kind]],
        ).fetchall()[0]
        added = [None if value is None else Decimal(value) for value in sums]
        return Totals(rows, dict(zip(_SUMS, added, strict=True)), [], frozenset(agents or ()))
    rows, given = chosen_rows(gathered.rows, facts, facts["scope_type"], facts["scope_id"])
    of_part = connection.execute(f"select seconds from ({rows})", given).fetchnumpy()
    seconds = numpy.asarray(of_part["seconds"]).tolist()
    number = Decimal(len(seconds))
    summed: dict[str, Decimal | None] = {
        "numerator": Decimal(sum(seconds)),
        "denominator": number,
        "n": number,
    }
    agents = connection.execute(
        f"select list(distinct agent_key) filter (where agent_key is not null) from ({rows})", given
    ).fetchall()[0][0]
    return Totals(len(seconds), summed, seconds, frozenset(agents or ()))


def uncounted_rows(
    connection: duckdb.DuckDBPyConnection,
    gathered: Mapping[Kind, Gathered],
    facts: dict[str, Any],
) -> int:
    """How many rows of a number exist that the mart does not count, because a part of its inputs is missing."""
    found = 0
    for kind in (Kind.COUNTS, Kind.DURATIONS):
        if kind in gathered:
            source, given = gathered[kind].source
            found += connection.execute(
                f"select count(distinct fact_key) from ({source}) where layer = ? and variant = ?",
                [*given, facts["layer"], facts["variant"]],
            ).fetchall()[0][0]
    return found
