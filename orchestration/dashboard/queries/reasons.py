"""Reasons of tickets: their Pareto, their movements, what they cost, macros and causes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication

DEFECT_KPIS = ("amz_odr", "amz_lsr", "amz_vtr", "amz_csdr")


def windows(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Reasons of the window at the narrowest place chosen, by rank, the untagged last."""
    scope_type, scope_id = filters.narrowest
    return publication.frame(
        "select * from tag_volume.tag_volume_windows where tenant_id = ? and window_days = ? and scope_type = ? "
        "and scope_id = ? order by is_untagged, rank nulls last, tickets desc, reason_name",
        [filters.tenant, int(filters.days or 30), scope_type, scope_id],
    )


def top_by_channel(publication: Publication, filters: Filters) -> pd.DataFrame:
    """The five commonest reasons of each channel in the window."""
    found = publication.frame(
        """
        select windows.scope_id as channel_id, reason_name, rank, tickets,
            share_tagged, rank_change,
            was_top5, is_real_move
        from tag_volume.tag_volume_windows as windows
        inner join core.dim_channels as channels on windows.scope_id = channels.channel_id
            and windows.tenant_id = channels.tenant_id
        where windows.tenant_id = ? and window_days = ? and scope_type = 'channel' and is_top5
            and (? = '' or channels.platform = ?) and (? = '' or channels.channel_id = ?)
        """,
        [
            *(filters.tenant, int(filters.days or 30)),
            *(filters.platform, filters.platform, filters.channel, filters.channel),
        ],
    )
    return found.sort_values(["channel_id", "rank"], ignore_index=True)


def macro_cover(publication: Publication, filters: Filters) -> set[str]:
    """Lower-case names of reasons that have a locked macro."""
    rows = publication.rows(
        "select distinct lower(tags.name) as name from core.dim_macros as macros "
        "inner join core.dim_tags as tags on macros.reason_tag_key = tags.tag_key "
        "where macros.tenant_id = ? and macros.is_locked",
        [filters.tenant],
    )
    return {row["name"] for row in rows}


def coverage(publication: Publication, filters: Filters) -> dict[str, Any] | None:
    """How many of the company's top five have a locked macro, of the newest month that knows."""
    rows = publication.rows(
        "select value, n, target, status, month, status_reason from governance_review.kpi_monthly where tenant_id = ? "
        "and kpi_id = 'macro_top5_coverage' and scope_type = 'company' and is_governed "
        "order by value is null, month desc limit 1",
        [filters.tenant],
    )
    return rows[0] if rows else None


def macros(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Macros of the newest month, the most used first; sums over platforms unless one is chosen."""
    return publication.frame(
        """
        with uses as (
            select macro_id, macro_name, max_by(reason_name, uses) as reason_name, sum(uses) as uses,
                sum(tickets_judged) as judged, sum(tickets_resolved) as resolved, sum(issues) as issues,
                sum(issues_first_contact) as first_contact, month
            from tag_volume.macro_monthly
            where tenant_id = $1 and ($2 = '' or platform = $2)
                and month = (select max(month) from tag_volume.macro_monthly where tenant_id = $1)
            group by macro_id, macro_name, month
        )
        select uses.*, numbers.value as handle_delta_s, numbers.n as timed
        from uses left join governance_review.kpi_monthly as numbers
            on numbers.tenant_id = $1 and numbers.month = uses.month and numbers.kpi_id = 'macro_aht_delta'
            and numbers.scope_type = 'macro' and numbers.scope_id = uses.macro_id and numbers.is_governed
        order by uses desc, macro_name
        """,
        [filters.tenant, filters.platform],
    )


def causes(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Root cause, defect and fix of each reason, with the measured effect of what is live."""
    return publication.rows(
        "select * from tag_volume.reason_root_causes where tenant_id = ? and (? = '' or "
        "platform is null or platform = ?) "
        "order by contacts_30d desc nulls last, map_id",
        [filters.tenant, filters.platform, filters.platform],
    )


def defects(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Published defect rates beside the reasons, of the newest month with a value."""
    return publication.rows(
        """
        select kpi_id, variant, value, target, n, status, status_reason, unit, stat, month
        from governance_review.kpi_monthly
        where tenant_id = ? and scope_type = 'company' and is_governed and list_contains(?, kpi_id)
        qualify row_number() over (partition by kpi_id order by value is null, month desc) = 1
        order by list_position(?, kpi_id)
        """,
        [filters.tenant, list(DEFECT_KPIS), list(DEFECT_KPIS)],
    )
