"""The rows behind one row of the mart: the first of them with names of their places, and what all of them come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import numpy

from orchestration.explain.evidence import COLUMNS, SCOPE_COLUMNS, Model
from orchestration.explain.question import records
from orchestration.explain.relations import Kind

_OWN = (
    *("month", "stat", "clock", "layer", "variant", "happened_at", "detail", "numerator"),
    *("denominator", "seconds", "platform", "agent_key", "subject_type", "subject_id"),
    *("fact_key", "ticket_key", "scope_type", "scope_id"),
)
"""Columns that are listed as the relation has them, null where it has none."""
_TURN_RULES = {"marketplace": "marketplace_owner_rule", "internal": "internal_owner_rule"}
"""Layers whose promises a turn carries itself, with the column of the rule that found the owner."""
_PROMISES = (*_TURN_RULES, "group")
_PLACED = """
    select
        found.*,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id,
        teams.name as team
    from {address} as found
    left join core.dim_marketplace_accounts as accounts
        on found.marketplace_account_key = accounts.marketplace_account_key
    left join core.dim_channels as channels on found.channel_key = channels.channel_key
    left join core.dim_teams as teams on found.team_key = teams.team_key
    where {conditions}
"""


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


def listed_rows(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    facts: dict[str, Any],
    scope_type: str | None = None,
    scope_id: str | None = None,
    most: int | None = None,
) -> list[dict[str, Any]]:
    """The rows of an observation model behind one row of the mart, oldest first; ticket_id and owner_rule are empty.

    Args:
        connection: reading connection to the warehouse.
        model: observations, or evidence of the same columns.
        facts: key of the mart's row: tenant_id, month, kpi_id and clock, layer, variant; stat for counts, computed_in
            for evidence. None = all.
        scope_type: scope to pick, None or company = everything.
        scope_id: its id in the mart.
        most: how many are listed at most, None = all.
    """
    placed, outer, parameters = _chosen(model, facts, scope_type, scope_id)
    # Names are looked up for what is listed, not for all that is counted.
    return records(
        connection,
        f"""
        with placed as ({placed}),
        listed as (
            select * from placed where {outer}
            order by happened_at, fact_key {"" if most is None else f"limit {most:d}"}
        )
        select {_columns(model)}
        from listed as found
        left join core.dim_agents as agents on found.agent_key = agents.agent_key
        order by found.happened_at, found.fact_key
        """,
        parameters,
    )


def totals_of(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    facts: dict[str, Any],
    scope_type: str,
    scope_id: str,
) -> Totals:
    """What all rows of :func:`listed_rows` come to; arguments as there."""
    placed, outer, parameters = _chosen(model, facts, scope_type, scope_id)
    is_time = model.kind is Kind.DURATIONS
    figures = ("seconds",) if is_time else ("numerator", "denominator", "n")
    sums = ", ".join(f"sum({name})" for name in figures)
    chosen = f"from ({placed}) as placed where {outer}"
    counted, agents, *found = connection.execute(
        f"select count(*), list(distinct agent_key) filter (where agent_key is not null), {sums} {chosen}",
        parameters,
    ).fetchall()[0]
    added = [None if value is None else Decimal(value) for value in found]
    people = frozenset(agents or ())
    if not is_time:
        return Totals(counted, dict(zip(figures, added, strict=True)), [], people)
    seconds = connection.execute(f"select seconds {chosen}", parameters).fetchnumpy()["seconds"]
    number = Decimal(counted)
    named: dict[str, Decimal | None] = {
        "numerator": added[0] or Decimal(0),
        "denominator": number,
        "n": number,
    }
    return Totals(counted, named, numpy.asarray(seconds).tolist(), people)


def _chosen(
    model: Model, facts: dict[str, Any], scope_type: str | None, scope_id: str | None
) -> tuple[str, str, list[Any]]:
    """Rows with their places, the condition of their scope, and the values of both."""
    conditions = ["found.kpi_id = ?"]
    parameters: list[Any] = [facts["kpi_id"]]
    keys = ["tenant_id", "month", "clock", "layer", "variant"]
    if model.kind is not Kind.DURATIONS:
        keys.append("stat" if model.kind is Kind.COUNTS else "computed_in")
    columns = COLUMNS[model.kind]
    for key in keys:
        if (key != "clock" or key in columns) and facts.get(key) is not None:
            conditions.append(f"found.{key} = ?")
            parameters.append(facts[key])
    outer = "true"
    if scope_type is not None and "scope_id" in columns:
        # Rows behind a number that is computed as a whole may name their scope, such as a week of a team.
        places = SCOPE_COLUMNS.get(scope_type)
        in_place = f"{places} = ?" if places else "subject_type = ? and subject_id = ?"
        given = [scope_id] if places else [scope_type, scope_id]
        in_place = "true" if scope_type == "company" else in_place
        outer = f"case when scope_type is not null then scope_type = ? and scope_id = ? else {in_place} end"
        parameters += [scope_type, scope_id, *([] if scope_type == "company" else given)]
    elif scope_type in SCOPE_COLUMNS:
        outer = f"{SCOPE_COLUMNS[scope_type]} = ?"
        parameters.append(scope_id)
    elif scope_type not in (None, "company"):
        outer = "subject_type = ? and subject_id = ?"
        parameters += [scope_type, scope_id]
    placed = _PLACED.format(address=model.address, conditions=" and ".join(conditions))
    return placed, outer, parameters


def _columns(model: Model) -> str:
    columns = {"month", "layer", "variant", *COLUMNS[model.kind]}

    def own(name: str) -> str:
        return f"found.{name}" if name in columns else f"null as {name}"

    n = "cast(1 as bigint) as n" if model.kind is Kind.DURATIONS else own("n")
    places = ("marketplace_account_id", "channel_id", "team_id", "team")
    return ", ".join(
        (
            *(own(name) for name in _OWN),
            n,
            "cast(null as varchar) as ticket_id",
            *(f"found.{name}" for name in places),
            "agents.display_name as agent",
            "cast(null as varchar) as owner_rule",
        )
    )


def look_up(
    connection: duckdb.DuckDBPyConnection,
    listed: Sequence[tuple[str | None, list[dict[str, Any]]]],
) -> None:
    """Fill in the numbers of tickets and the rules by which promises found their owners, of all that is listed.

    Each look-up reads a whole column of keys, so that parts of a number share it.

    Args:
        connection: reading connection to the warehouse.
        listed: rows of :func:`listed_rows`, each list with the layer of its part.
    """
    rows = [(layer, row) for layer, of_part in listed for row in of_part]
    tickets = _found(
        connection, "core.dim_tickets", "ticket_key", ("ticket_id",), rows, "ticket_key"
    )
    of_promises = [(layer, row) for layer, row in rows if layer in _PROMISES]
    of_turns = [(layer, row) for layer, row in of_promises if layer in _TURN_RULES]
    key, facts = "sla_verdict_key", "core.fct_sla_verdicts"
    verdicts = _found(connection, facts, key, ("owner_rule",), of_promises, "fact_key")
    key, facts = "obligation_key", "core.fct_response_obligations"
    rules = tuple(_TURN_RULES.values())
    turns = _found(connection, facts, key, rules, of_turns, "fact_key")
    for layer, row in rows:
        row["ticket_id"] = tickets.get(row["ticket_key"], {}).get("ticket_id")
        rule = _TURN_RULES.get(layer or "")
        of_turn = turns.get(row["fact_key"], {}).get(rule) if rule else None
        if layer in _PROMISES:
            of_verdict = verdicts.get(row["fact_key"], {}).get("owner_rule")
            row["owner_rule"] = of_verdict if of_turn is None else of_turn


def _found(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str | None, dict[str, Any]]],
    name: str,
) -> dict[str, dict[str, Any]]:
    """These columns of a core table by its key, of the keys that rows have in the column of that name."""
    wanted = sorted({row[name] for _, row in rows if row[name] is not None})
    if not wanted:
        return {}
    found = records(
        connection,
        f"select {key}, {', '.join(columns)} from {table} where {key} in (select unnest(?))",
        [wanted],
    )
    return {row[key]: row for row in found}


def published_rows(
    connection: duckdb.DuckDBPyConnection, model: Model, facts: dict[str, Any]
) -> list[dict[str, Any]]:
    """The snapshots of the platform that a published number was taken from, one per account and dimension."""
    scope = {
        "marketplace_account": "found.marketplace_account_id = ?",
        "platform": "accounts.platform = ?",
    }.get(facts["scope_type"], "? is not null")
    return records(
        connection,
        f"""
        select
            found.captured_at as happened_at,
            concat_ws(' ', found.dimension_key, coalesce(found.published_status, '')) as detail,
            found.numerator,
            found.denominator,
            found.denominator as n,
            found.rate,
            found.target_value,
            found.is_stale,
            accounts.platform,
            found.marketplace_account_id
        from {model.address} as found
        left join core.dim_marketplace_accounts as accounts
            on found.tenant_id = accounts.tenant_id
            and found.marketplace_account_id = accounts.marketplace_account_id
        where found.tenant_id = ? and found.month = ? and found.kpi_id = ? and found.variant = ? and {scope}
        order by found.marketplace_account_id, found.dimension_key nulls first, found.captured_at
        """,
        [*(facts[name] for name in ("tenant_id", "month", "kpi_id", "variant")), facts["scope_id"]],
    )
