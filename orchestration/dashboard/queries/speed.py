"""The control chart of reaction against load and staffing, with its verdicts (catalogue §12)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication

_KEYS = """
    (channel_key is not distinct from {channel}) and (team_key is not distinct from {team})
"""


def scope(filters: Filters) -> str:
    """Scope type of the series that the filters mean."""
    if filters.channel and filters.team:
        return "channel_team"
    return "channel" if filters.channel else "team" if filters.team else "company"


def grain(filters: Filters) -> str:
    """Day or week, whichever is asked for."""
    return "week" if filters.grain == "week" else "day"


def series(publication: Publication, filters: Filters) -> pd.DataFrame:
    """The chosen days or weeks of one series, oldest first; each is the mart's own, a week is no mean of days."""
    days = int(filters.days or 60)
    return publication.frame(
        f"""
        with wanted as (
            select * from agent_sla.speed_volume
            where tenant_id = ? and grain = ? and scope_type = ?
                and channel_key is not distinct from (
                    select channel_key from core.dim_channels where tenant_id = ? and channel_id = nullif(?, ''))
                and team_key is not distinct from (
                    select team_key from core.dim_teams where tenant_id = ? and team_id = nullif(?, ''))
        )
        select * from wanted where period_start > (select max(period_start) from wanted) - {days} order by period_start
        """,
        [
            filters.tenant,
            grain(filters),
            scope(filters),
            filters.tenant,
            filters.channel,
            filters.tenant,
            filters.team,
        ],
    )


def notable(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Days or weeks of the period in which some channel was slower or suspiciously faster, the newest first."""
    days = int(filters.days or 60)
    return publication.rows(
        f"""
        select period_start, channels.channel_id,
            verdict, verdict_reason,
            reaction_median_s, speed_expected_s, load, load_expected, staff_ratio, residual_z, n_reactions,
            turns, is_event_day,
            review_agents, review_obligations
        from agent_sla.speed_volume as days inner join core.dim_channels as channels using (channel_key)
        where days.tenant_id = ? and grain = ? and scope_type = 'channel' and verdict not in ('normal',
            'insufficient')
            and (? = '' or channels.channel_id = ?)
            and period_start > (select max(date_day) from agent_sla.operator_activity_daily where tenant_id =
                ?) - {days}
        order by period_start desc, coalesce(channels.name, channels.channel_id), channels.channel_id
        """,
        [filters.tenant, grain(filters), filters.channel, filters.channel, filters.tenant],
    )


def beside(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """What speed is never shown without (R12): closings without reply and satisfaction of the last full month."""
    return publication.rows(
        """
        select kpi_id, value, unit, stat, n, month, ci_low, ci_high from governance_review.kpi_monthly
        where tenant_id = ? and scope_type = 'company' and is_governed and kpi_id in
            ('closed_without_reply_rate', 'csat')
            and month = (
                select max(month) from governance_review.kpi_monthly
                where tenant_id = ? and month < date_trunc('month', as_of)
            )
        order by kpi_id
        """,
        [filters.tenant, filters.tenant],
    )
