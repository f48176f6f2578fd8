"""Which KPIs the rows of a landing folder would make measurable, before any run (catalogue §2.8).

The cards name capabilities and inputs (``seed_kpi_definitions.csv``); here the rows that would load are asked for them,
as ``int_kpi_gaps`` asks the warehouse. A folder is judged by itself: what vendors deliver beside it is not looked at.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import duckdb
import pyarrow as pa

from ingestion.canonical import tables
from ingestion.sources.landing.validation import arrow_schema, column_types
from orchestration.settings import DBT_DIR

_HEARD = (
    "((visibility = 'public' and author_role = 'customer') or call_queue_entered_at is not null)"
)
_OF_TICKETS = "select 1 from messages join tickets using (tenant_id, source_system, ticket_id)"
_TOLD = """
    messages.source_system not in
        (select source_system from source_capabilities where capability = 'message_log' and level = 'none')
"""
"""First replies alone are no log of messages."""
_SPOKEN = f"{_OF_TICKETS} where {_HEARD} and {_TOLD}"
_ALIVE = "not coalesce(is_deleted_in_source, false)"
_PROMISED = """
    select 1 from targets join policies using (tenant_id, policy_id, version, origin) where metric in ({})
"""
_REPLIES = "'first_reply', 'next_reply', 'case_response'"
_INPUTS = {
    "tickets": "select 1 from tickets",
    "ticket_events": "select 1 from ticket_events join tickets using (tenant_id, source_system, ticket_id)",
    "messages": _SPOKEN,
    "first_replies": f"{_OF_TICKETS} where {_HEARD}",
    "any_messages": f"{_OF_TICKETS} where {_TOLD}",
    "amazon_messages": f"""
        select 1 from messages join tickets using (tenant_id, source_system, ticket_id)
        join channels using (tenant_id, source_system, channel_id)
        where {_HEARD} and {_TOLD} and platform = 'amazon' and marketplace_account_id is not null
    """,
    "live_contacts": f"{_OF_TICKETS} where call_queue_entered_at is not null",
    "reply_obligations": f"""
        {_SPOKEN} union all
        select 1 from order_defects where {_ALIVE} and tenant_id not in
            (select tenant_id from tickets union select tenant_id from messages)
    """,
    "business_hours": """
        select 1 from teams join calendars using (tenant_id, calendar_id) join hours using (tenant_id, calendar_id)
        union all select 1 from owners left join teams using (tenant_id) where teams.calendar_id is null
    """,
    "reason_tags": "select 1 from tags where kind = 'reason'",
    "health_snapshots": f"select 1 from account_health_snapshots where {_ALIVE}",
    "channels": "select 1 from channels",
    "judged_persons": "select 1 from agents where agent_analytics_allowed and not is_bot",
    "team_membership": "select 1 from team_membership",
    "marketplace_accounts": "select 1 from marketplace_accounts",
    "macros": "select 1 from macros",
    "month_closes": "select 1 where false",
    "first_reply_targets": _PROMISED.format("'first_reply'"),
    "next_reply_targets": _PROMISED.format("'next_reply'"),
    "resolution_targets": _PROMISED.format("'resolution'"),
    "reply_targets": _PROMISED.format(_REPLIES),
}
_SAID = {
    **dict.fromkeys(("first_replies", "any_messages", "reply_obligations"), "messages"),
    "live_contacts": "live contacts with their instants",
    "business_hours": "opening hours of a calendar by which a team works",
    "judged_persons": "a person who may be judged",
}
"""Inputs whose names would not tell what is missing."""
_LOGGED = "select source_system from ticket_events where event_type in ('status_change', 'assignee_change')"
_CAPABILITIES = {
    # Who tells changes of status or holder is taken to tell those of holder and tags too.
    **dict.fromkeys(("event_log", "assignment_log", "tag_log"), _LOGGED),
    # Where all teams keep the same hours it does not matter whose a ticket is.
    "ticket_team": """
        select source_system from tickets
        where team_id is not null or (select count(distinct calendar_id) from teams) <= 1
        union all select source_system from ticket_events where event_type = 'team_change'
        union all select source_system from channel_teams
    """,
    "role_history": "select source_system from agent_role_history",
    "handle_time": "select coalesce(subject_system, source_system) from handle_sessions",
    "agent_state": "select coalesce(subject_system, source_system) from agent_time",
    "macro_id": "select source_system from messages where macro_id is not null",
    "no_reply_flag": "select source_system from messages where no_reply_needed is not null",
    "delete_log": """
        select source_system from ticket_events where event_type in ('message_deleted', 'message_hidden', 'deleted')
    """,
    "survey_resolved_question": """
        select coalesce(subject_system, source_system) from satisfaction_responses where resolved_answer is not null
    """,
    "due_date_published": "select source_system from tickets where due_by_source is not null",
    "business_calendar": "select tickets.source_system from tickets join calendars using (tenant_id)",
}
"""Where a capability that nobody declares is seen in the rows."""


@dataclass(frozen=True)
class Verdict:
    """One KPI of a tenant: its group and name, and what is missing; null = it would be measurable."""

    tenant_id: str
    kpi_id: str
    group: str
    name: str
    missing: str | None


def measurable(rows: Mapping[str, pa.Table]) -> list[Verdict]:
    """Verdicts on every KPI of the registry, by tenant, in the order of the registry.

    Args:
        rows: rows that would be in force, by canonical table, with the columns of the contract.
    """
    found: list[Verdict] = []
    with duckdb.connect() as connection:
        for name, table in tables().items():
            empty = arrow_schema(column_types(table)).empty_table()
            connection.register(f"all_{name}", rows.get(name, empty))
        for tenant in _tenants(connection):
            _view(connection, tenant)
            found += _verdicts(connection, tenant)
    return found


def _tenants(connection: duckdb.DuckDBPyConnection) -> list[str]:
    every = " union ".join(f"select tenant_id from all_{name}" for name in tables())
    return [tenant for (tenant,) in connection.execute(f"{every} order by 1").fetchall()]


def _view(connection: duckdb.DuckDBPyConnection, tenant: str) -> None:
    """The rows of one tenant, with the seeds where it has no sheet of its own."""
    literal = "'" + tenant.replace("'", "''") + "'"
    for name in tables():
        connection.execute(
            f"create or replace temp view {name} as select * from all_{name} where tenant_id = {literal}"
        )
    connection.execute(f"create or replace temp view owners as select {literal} as tenant_id")
    for view, name, columns in (
        ("policies", "sla_policies", "policy_id, version, layer"),
        ("targets", "sla_targets", "policy_id, version, metric"),
        ("calendars", "business_calendars", "calendar_id"),
        ("hours", "calendar_hours", "calendar_id"),
    ):
        path = str(DBT_DIR / "seeds" / f"seed_{name}.csv").replace("'", "''")
        # A sheet's policies replace the seed's of their layer; targets follow the origin of their policy.
        own = "and layer not in (select layer from sla_policies)" if view == "policies" else ""
        connection.execute(
            f"""
            create or replace temp view {view} as
            select tenant_id, 'sheet' as origin, {columns} from {name}
            union all
            select {literal}, 'seed' as origin, {columns} from read_csv('{path}', all_varchar = true)
            where tenant_id in ('*', {literal}) {own}
            """
        )


def _verdicts(connection: duckdb.DuckDBPyConnection, tenant: str) -> list[Verdict]:
    known: dict[tuple[str, str], str | None] = {}

    def missing(kind: str, need: str) -> str | None:
        if (kind, need) not in known:
            is_there = _can(connection, need) if kind == "capability" else _has(connection, need)
            said = _SAID.get(need, need.replace("_", " "))
            lack = f"the capability {need}" if kind == "capability" else said
            known[(kind, need)] = None if is_there else lack
        return known[(kind, need)]

    published = {
        m
        for (m,) in connection.execute(
            "select distinct metric from account_health_snapshots"
        ).fetchall()
    }
    found = []
    for card in _cards():
        needs = _variants().get((card["kpi_id"], card["governed_variant"]), card)
        lacks = [missing("capability", need) for need in _names(needs["required_capability"])]
        lacks += [missing("input", need) for need in _names(needs["required_input"])]
        if card["stat"] == "published" and card["kpi_id"] not in published:
            lacks.append("nobody publishes it")
        if not card["computed_in"]:
            lacks.insert(0, "not computed yet in this version")
        first = next((lack for lack in lacks if lack), None)
        found.append(Verdict(tenant, card["kpi_id"], card["kpi_group"], card["name"], first))
    return found


def _has(connection: duckdb.DuckDBPyConnection, need: str) -> bool:
    query = _INPUTS.get(need, f"select 1 from {need} where {_ALIVE}")
    return bool(connection.execute(f"select 1 from ({query}) limit 1").fetchall())


def _can(connection: duckdb.DuckDBPyConnection, capability: str) -> bool:
    """Whether any source has it; a declared level wins over what the rows show."""
    rows = connection.execute(
        f"""
        select 1 from source_capabilities where capability = $name and level in ('full', 'partial')
        union all
        select 1 from ({_CAPABILITIES[capability]}) as seen(source_system)
        where source_system in (select source_system from tickets) and source_system not in
            (select source_system from source_capabilities where capability = $name)
        limit 1
        """,
        {"name": capability},
    )
    return bool(rows.fetchall())


def _names(text: str) -> list[str]:
    return [name for name in text.split("|") if name]


@cache
def _cards() -> list[dict[str, str]]:
    """The current version of every card."""
    return [row for row in _seed("seed_kpi_definitions.csv") if not row["valid_to"]]


@cache
def _variants() -> dict[tuple[str, str], dict[str, str]]:
    """Needs of variants that have their own, by KPI and variant."""
    return {(row["kpi_id"], row["variant"]): row for row in _seed("seed_kpi_variant_inputs.csv")}


def _seed(name: str) -> list[dict[str, str]]:
    with (DBT_DIR / "seeds" / name).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
