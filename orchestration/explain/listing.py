"""The rows behind one row of the mart, or the first of them, with the names of their places and tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import duckdb

from orchestration.explain.evidence import COLUMNS, Model, chosen_rows
from orchestration.explain.gathering import PART, Gathered
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
_NEAR = timedelta(days=60)


@dataclass(frozen=True)
class _Facts:
    """What is looked up in a core table by its key; the table lies sorted by ``began_at``."""

    address: str
    key: str
    began_at: str
    columns: tuple[str, ...]


_TICKETS = _Facts("core.dim_tickets", "ticket_key", "created_at", ("ticket_id",))
_RULES = (
    _Facts(
        "core.fct_response_obligations", "obligation_key", "started_at", tuple(_TURN_RULES.values())
    ),
    _Facts("core.fct_sla_verdicts", "sla_verdict_key", "started_at", ("owner_rule",)),
)
"""Where the rule stands that found the owner of a promise."""


def listed_rows(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    facts: dict[str, Any],
    scope_type: str | None = None,
    scope_id: str | None = None,
    most: int | None = None,
    also: Sequence[str] = (),
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
        also: further columns of the relation.
    """
    chosen, parameters = chosen_rows(model, facts, scope_type, scope_id)
    # Names are looked up for what is listed, not for all that is counted.
    return records(
        connection,
        f"""
        with listed as (
            {chosen}
            order by happened_at, fact_key {"" if most is None else f"limit {most:d}"}
        )
        select {", ".join([_columns(model), *(f"found.{name}" for name in also)])}
        from listed as found
        left join core.dim_marketplace_accounts as accounts
            on found.marketplace_account_key = accounts.marketplace_account_key
        left join core.dim_channels as channels on found.channel_key = channels.channel_key
        left join core.dim_teams as teams on found.team_key = teams.team_key
        left join core.dim_agents as agents on found.agent_key = agents.agent_key
        order by found.happened_at, found.fact_key
        """,
        parameters,
    )


def listed_parts(
    connection: duckdb.DuckDBPyConnection, kind: Kind, gathered: Gathered, kpi_id: str
) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """The gathered rows of all parts, by what tells them apart (``PART``): names are looked up once for all."""
    also = [name for name in PART[kind] if name not in _OWN]
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in listed_rows(connection, gathered.rows, {"kpi_id": kpi_id}, also=also):
        key = tuple(row[name] for name in PART[kind])
        found[key].append({name: value for name, value in row.items() if name not in also})
    return found


def _columns(model: Model) -> str:
    columns = {"month", "layer", "variant", *COLUMNS[model.kind]}

    def own(name: str) -> str:
        return f"found.{name}" if name in columns else f"null as {name}"

    n = "cast(1 as bigint) as n" if model.kind is Kind.DURATIONS else own("n")
    places = (
        "accounts.marketplace_account_id",
        "coalesce(channels.channel_id, 'no_channel') as channel_id",
        "coalesce(teams.team_id, 'no_team') as team_id",
        "teams.name as team",
    )
    return ", ".join(
        (
            *(own(name) for name in _OWN),
            n,
            "cast(null as varchar) as ticket_id",
            *places,
            "agents.display_name as agent",
            "cast(null as varchar) as owner_rule",
        )
    )


def look_up(
    connection: duckdb.DuckDBPyConnection,
    listed: Sequence[tuple[str | None, list[dict[str, Any]]]],
) -> None:
    """Fill in the numbers of tickets and the rules by which promises found their owners, of all that is listed.

    Args:
        connection: reading connection to the warehouse.
        listed: rows of :func:`listed_rows`, each list with the layer of its part.
    """
    rows = [(layer, row) for layer, of_part in listed for row in of_part]
    tickets = _found(connection, [_TICKETS], [row for _, row in rows], "ticket_key")
    of_promises = [row for layer, row in rows if layer in _PROMISES]
    rules = _found(connection, _RULES, of_promises, "fact_key")
    for layer, row in rows:
        row["ticket_id"] = tickets.get(row["ticket_key"], {}).get("ticket_id")
        if layer in _PROMISES:
            rule = rules.get(row["fact_key"], {})
            row["owner_rule"] = rule.get("owner_rule", rule.get(_TURN_RULES.get(layer, "")))


def _found(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[_Facts],
    rows: Sequence[Mapping[str, Any]],
    name: str,
) -> dict[str, dict[str, Any]]:
    """Columns of core tables by their key, of the keys that rows have in the column of that name.

    The tables lie sorted by time, and most of what is counted began not long before it happened: there it is sought
    first, since a look through a whole column of keys is what takes time.
    """
    wanted = {row[name] for row in rows if row[name] is not None}
    instants = [row["happened_at"] for row in rows if row["happened_at"] is not None]
    near = (min(instants) - _NEAR, max(instants)) if instants else ()
    found: dict[str, dict[str, Any]] = {}
    for between, facts in product((near, ()), tables):
        missing = sorted(wanted - found.keys())
        if missing:
            where = f"{facts.began_at} between ? and ?" if between else "true"
            query = f"""
                select {facts.key}, {", ".join(facts.columns)} from {facts.address}
                where {where} and {facts.key} in (select unnest(?))
            """
            given = records(connection, query, [*between, missing])
            found |= {row[facts.key]: row for row in given}
    return found


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
