"""What can be chosen, and how a choice narrows a table of the published file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication
from orchestration.presenting.scopes import Names, label_of, scope_names

_KEYS = {
    "account": (
        "marketplace_account_key",
        "core.dim_marketplace_accounts",
        "marketplace_account_id",
    ),
    "channel": ("channel_key", "core.dim_channels", "channel_id"),
    "team": ("team_key", "core.dim_teams", "team_id"),
}
_PLAIN = {
    "platform": "platform",
    "agent": "agent_key",
    "customer": "customer_type",
    "region": "region",
    "layer": "layer",
}
BY_CHANNEL = {"platform": "by channel"}
"""For tables that know the channel and not the platform."""
BY_TICKET = {"customer": "by ticket", "region": "by ticket"}
"""For tables that know the ticket and not whose it is."""


def narrowed(
    filters: Filters, *names: str, columns: Mapping[str, str] | None = None, of: str = ""
) -> tuple[str, list[Any]]:
    """Conditions of a query and their values; they begin with the tenant's.

    Args:
        filters: what was chosen.
        names: filters that the table knows.
        columns: columns called otherwise, or :data:`BY_CHANNEL` and :data:`BY_TICKET`.
        of: name of the table in the query.
    """
    dot = f"{of}." if of else ""
    conditions, values = [f"{dot}tenant_id = ?"], [filters.tenant]
    for name in names:
        value = getattr(filters, name)
        if not value:
            continue
        column = (columns or {}).get(name) or _PLAIN.get(name) or _KEYS[name][0]
        if column == "by channel":
            conditions.append(
                f"{dot}channel_key in (select channel_key from core.dim_channels where platform = ?)"
            )
        elif column == "by ticket":
            conditions.append(
                f"{dot}ticket_key in (select ticket_key from core.dim_tickets where {_PLAIN[name]} = ?)"
            )
        elif name in _KEYS:
            key, table, id_column = _KEYS[name]
            conditions.append(f"{dot}{column} in (select {key} from {table} where {id_column} = ?)")
        else:
            conditions.append(f"{dot}{column} = ?")
        values.append(value)
    return " and ".join(conditions), values


def of_promise_and_clock(filters: Filters) -> tuple[str, list[Any]]:
    """A condition on the monthly table for the chosen promise and clock; numbers that know none stay."""
    conditions, values = ["true"], []
    for name in ("layer", "clock"):
        if value := getattr(filters, name):
            conditions.append(f"{name} in (?, 'none')")
            values.append(value)
    return " and ".join(conditions), values


def tenants(publication: Publication, filters: Filters) -> list[str]:
    """Seller companies with monthly numbers."""
    rows = publication.rows(
        "select distinct tenant_id from governance_review.kpi_monthly order by 1"
    )
    return [row["tenant_id"] for row in rows]


def months(publication: Publication, filters: Filters) -> list[str]:
    """Months with numbers as ``2026-10``, the newest first."""
    rows = publication.rows(
        "select distinct strftime(month, '%Y-%m') as month from governance_review.kpi_monthly "
        "where tenant_id = ? order by 1 desc",
        [filters.tenant],
    )
    return [row["month"] for row in rows]


def choices(publication: Publication, filters: Filters) -> dict[str, dict[str, str]]:
    """Names by id of every place that can be chosen, by filter; persons are in :func:`people`."""
    queries = {
        "platform": "select distinct platform, platform from core.dim_channels where tenant_id = ? "
        "and platform is not null order by 1",
        "account": "select distinct marketplace_account_id, marketplace_account_id from core.dim_marketplace_accounts "
        "where tenant_id = ? order by 1",
        "channel": "select channel_id, coalesce(name, channel_id) from core.dim_channels "
        "where tenant_id = ? order by 2, 1",
        "team": "select team_id, coalesce(name, team_id) from core.dim_teams where tenant_id = ? order by 2, 1",
        "customer": "select distinct customer_type, customer_type from core.dim_tickets where tenant_id = ? "
        "and customer_type is not null order by 1",
        "region": "select distinct region, region from core.dim_tickets where tenant_id = ? "
        "and region is not null order by 1",
    }
    cursor = publication.connection.cursor()
    found = {}
    for name, query in queries.items():
        rows = cursor.execute(query, [filters.tenant]).fetchall()
        found[name] = {str(value): str(said) for value, said in rows}
    names = scope_names(publication.rows)
    for kind in ("channel", "team"):
        found[kind] = {value: label_of(names, filters.tenant, kind, value) for value in found[kind]}
    return found


def platform_of(publication: Publication, filters: Filters) -> str | None:
    """Platform of the chosen channel, else of the chosen account; None where neither is chosen."""
    found: str | None = publication.one(
        "select platform from core.dim_channels where tenant_id = $1 and channel_id = $2 union all "
        "select platform from core.dim_marketplace_accounts where tenant_id = $1 and $2 = '' "
        "and marketplace_account_id = $3",
        [filters.tenant, filters.channel, filters.account],
    )
    return found


def people(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Persons by key with the name that may be shown, empty where it may not, and the home team of their newest
    scorecard; sorted by name.
    """
    return publication.frame(
        "with homes as (select agent_key, max_by(team_key, period_end) as team_key from agent_sla.agent_scorecards "
        "where tenant_id = $1 and team_key is not null group by agent_key) "
        "select agents.agent_key, display_name, agent_views, is_bot, coalesce(teams.name, teams.team_id) as team "
        "from core.dim_agents as agents left join homes using (agent_key) "
        "left join core.dim_teams as teams on teams.team_key = homes.team_key "
        "where agents.tenant_id in ($1, '*') and agents.agent_key <> 'unowned' "
        "order by display_name nulls last, agents.agent_key",
        [filters.tenant],
    )


def scope_labels(publication: Publication, filters: Filters) -> Names:
    """What teams, channels, reasons and macros of every company are called."""
    del filters
    return scope_names(publication.rows)


def kpi_names(publication: Publication, filters: Filters) -> dict[str, str]:
    """English names of KPIs by id."""
    rows = publication.rows(
        "select kpi_id, max(name) as name from governance_review.kpi_definitions group by kpi_id"
    )
    return {row["kpi_id"]: row["name"] for row in rows}
