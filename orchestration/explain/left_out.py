"""What began in the month and is not in the number, with the reason: excluded, waived, pending, not yet mature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.explain.evidence import Model
from orchestration.explain.relations import SCHEMA, Kind
from orchestration.warehouse import sql_text

MONTHS = "int_kpi_months"
"""The months that a forum can look at, with the instants between which they lie."""
LEFT_OUT = "int_kpi_left_out"
"""Facts that may be missing from numbers, each with the reason and with what the reason is about."""
KEYS = {
    "fct_satisfaction_responses": "response_key",
    "fct_qa_reviews": "review_key",
    "dim_tickets": "ticket_key",
    "fct_closings": "closing_key",
    "fct_resolution_cycles": "cycle_key",
    "fct_assignment_spans": "span_key",
    "fct_response_obligations": "obligation_key",
    "fct_messages": "message_key",
    "fct_ticket_events": "event_key",
}
"""The core tables whose rows KPIs count, with their keys, those with few rows first."""
_PLACES = {
    "platform": "platform",
    "marketplace_account": "marketplace_account_id",
    "channel": "channel_id",
    "team": "team_id",
}


_ABSENT = "explained_absent"
"""Temporary table of facts that may be missing from the number."""


@dataclass(frozen=True)
class Counted:
    """What a KPI counts.

    ``month`` and ``ever`` are where its rows of the month and of all months are, ``companions`` variants of companion
    figures, which count other things.
    """

    kpi_id: str
    companions: tuple[str, ...]
    month: tuple[Model, ...]
    ever: tuple[Model, ...]

    def rows(self, columns: str, models: tuple[Model, ...], where: str = "true") -> str:
        """Columns of all rows of these models, as SQL."""
        others = "".join(f" and variant <> {sql_text(name)}" for name in self.companions)
        # Rows that name their scope are repeated for each; the company has all of them.
        own = " and coalesce(scope_type, 'company') = 'company'"
        return " union all ".join(
            f"select {columns} from {model.address} where kpi_id = {sql_text(self.kpi_id)}{others} and {where}"
            + (own if model.kind is Kind.RECOMPUTED and model in self.ever else "")
            for model in models
        )


def fact_of(
    connection: duckdb.DuckDBPyConnection, counted: Counted, facts: dict[str, Any]
) -> str | None:
    """The core table whose rows the KPI counts, told by the first key of the month, else of any month."""
    of_month = f"tenant_id = {sql_text(facts['tenant_id'])} and month = {sql_text(facts['month'])}"
    first = ticket = None
    for models, where in ((counted.month, of_month), (counted.ever, "true")):
        rows = counted.rows("fact_key, ticket_key", models, where)
        first, ticket = connection.execute(
            f"select min(fact_key), arg_min_null(ticket_key, fact_key) from ({rows})"
        ).fetchall()[0]
        if first is not None:
            break
    if first is None or first == ticket:
        return None if first is None else "dim_tickets"
    # Rows without a ticket stand for facts without one: columns that are never empty are not read then.
    of_kind = "ticket_key is null and " if ticket is None else ""
    for table in _likeliest(connection, counted):
        found = connection.execute(
            f"select 1 from core.{table} where {of_kind}{KEYS[table]} = ? limit 1", [first]
        ).fetchall()
        if found:
            return table
    return None


def _likeliest(connection: duckdb.DuckDBPyConnection, counted: Counted) -> list[str]:
    """The core tables, first those that the models name: finding no key in a table reads a whole column of it."""
    names = [model.address for model in counted.ever]
    texts = connection.execute(
        "select sql from duckdb_views() where list_contains($names, schema_name || '.' || view_name)",
        {"names": names},
    ).fetchall()
    return sorted(KEYS, key=lambda table: not any(table in text for (text,) in texts))


def _between(connection: duckdb.DuckDBPyConnection, facts: dict[str, Any]) -> str:
    """The condition that something happened in the month of a mart row, in the tenant's zone."""
    bounds = connection.execute(
        f"select month_start_at, month_end_at from {SCHEMA}.{MONTHS} where tenant_id = ? and month = ?",
        [facts["tenant_id"], facts["month"]],
    ).fetchall()
    return (
        " or ".join(
            f"(happened_at >= {sql_text(start)} and happened_at < {sql_text(end)})"
            for start, end in bounds
        )
        or "false"
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(sql_text(word) for word in words)


def left_out(
    connection: duckdb.DuckDBPyConnection,
    counted: Counted,
    facts: dict[str, Any],
    layers: list[str],
    has_durations: bool,
) -> list[tuple[str, int]]:
    """Rows that began in the month and are not counted, by reason; agents and subjects: whole company.

    Args:
        connection: reading connection to the warehouse.
        counted: what the KPI counts.
        facts: tenant_id, month, scope_type and scope_id of a mart row.
        layers: layers of promises whose verdicts the KPI reads.
        has_durations: the KPI measures time, so what has no duration is absent too.
    """
    about = ["own", "verdicts", "counted", *(["durations"] if has_durations else [])]
    place = _PLACES.get(facts["scope_type"])
    # Written out, what cannot be is known when the query is planned, and the bounds reach the facts, which lie by time.
    fact = sql_text(fact_of(connection, counted, facts) or "")
    connection.execute(
        f"""
        create or replace temp table {_ABSENT} as
        select fact_key, about, layer, reason
        from {SCHEMA}.{LEFT_OUT}
        where tenant_id = {sql_text(facts["tenant_id"])}
            and month = {sql_text(facts["month"])}
            and {_between(connection, facts)}
            and (about = 'always' or (fact = {fact} and about in ({_listed(about)})))
            and layer in ({_listed(["none", *layers])})
            {f"and {place} = {sql_text(facts['scope_id'])}" if place else ""}
        """
    )
    if not connection.execute(f"select 1 from {_ABSENT} limit 1").fetchall():
        return []
    # What is counted is looked up for what may be absent, not the other way round: it is a whole history.
    among = f"fact_key in (select fact_key from {_ABSENT})"
    rows = connection.execute(
        f"""
        with counted as (
            select distinct fact_key, layer
            from ({counted.rows("fact_key, layer", counted.ever, among)})
        )
        select
            case when found.layer <> 'none' and $has_layers then found.layer || ' layer: ' else '' end || found.reason,
            count(*)
        from {_ABSENT} as found
        where (found.about = 'counted')
            = exists (
                select 1 from counted
                where found.fact_key = counted.fact_key and (found.layer = 'none' or found.layer = counted.layer)
            )
        group by all
        order by min(found.about <> 'always'), min(found.layer = 'internal'), 1
        """,
        {"has_layers": len(layers) > 1},
    ).fetchall()
    return [(str(reason), int(count)) for reason, count in rows]
