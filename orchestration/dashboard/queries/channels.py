"""Promises kept by place, where the time goes, both readings of the clock, and what missed contacts would change."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pandas as pd

from orchestration.dashboard.queries.places import narrowed
from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication

_Z = 1.959963984540054
PLACES_OF_DAYS = ("platform", "account", "channel", "team", "agent", "customer", "region")
_NARROWED = (*PLACES_OF_DAYS, "layer")
_PLACES = {
    "channel": "channels.channel_id",
    "platform": "daily.platform",
    "account": "accounts.marketplace_account_id",
}
HELD = ("sync_lag", "queue", "agent", "bot", "closed")
CLOCK_KPIS = ("frt", "asa", "asa_async", "tat", "reaction_time")


def wilson(met: float, count: float) -> tuple[float | None, float | None]:
    """Wilson 95 % interval of a share; none without cases."""
    if not count:
        return None, None
    share, square = met / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = (
        _Z * sqrt(share * (1 - share) / count + square / (4 * count * count)) / (1 + square / count)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def _judged(publication: Publication, filters: Filters, name: str, group: str) -> pd.DataFrame:
    condition, values = narrowed(filters, *_NARROWED, of="daily")
    frame = publication.frame(
        f"""
        select {name} as name, sum(n_met) as met, sum(n_breached) as broken, sum(n_pending_end) as pending,
            sum(n_no_target) as without_target, sum(n_excluded) as excluded, sum(n_waived) as waived
        from agent_sla.agent_sla_daily as daily
        left join core.dim_channels as channels using (channel_key)
        left join core.dim_marketplace_accounts as accounts using (marketplace_account_key)
        where {condition} and date_day >= ? and date_day < ? + interval 1 month
        {group}
        """,
        [*values, filters.first_day, filters.first_day],
    )
    frame["judged"] = frame.met + frame.broken
    frame["share"] = frame.met / frame.judged.where(frame.judged > 0)
    sure = [wilson(float(row.met), float(row.judged)) for row in frame.fillna(0).itertuples()]
    frame["low"], frame["high"] = [low for low, _ in sure], [high for _, high in sure]
    return frame


def judged(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Promises kept and broken of the chosen month and place: one row, ``share`` with its interval."""
    return _judged(publication, filters, "'all'", "")


def judged_by(publication: Publication, filters: Filters, place: str) -> pd.DataFrame:
    """The same by channel, platform or account, whose ids are in ``name``; the worst first."""
    name = _PLACES[place]
    found = _judged(publication, filters, name, f"group by {name} having {name} is not null")
    return found[found.judged > 0].sort_values(["share", "name"], ignore_index=True)


def goal(publication: Publication, filters: Filters) -> float | None:
    """Goal of the company for the promise in the month."""
    found = publication.one(
        "select max(target) from governance_review.kpi_monthly where tenant_id = ? and month = ? and is_governed "
        "and kpi_id = 'sla_compliance' and scope_type = 'company' and layer = ?",
        [filters.tenant, filters.first_day, filters.layer or "internal"],
    )
    return None if found is None else float(found)


def held(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Hours by channel and by who held the case while the customer waited, per answer owed."""
    condition, values = narrowed(filters, *_NARROWED, of="daily")
    sums = ", ".join(f"sum(held_{name}_cal_s) as {name}" for name in HELD)
    return publication.frame(
        f"""
        select coalesce(channels.name, channels.channel_id) as name, channels.channel_id,
            sum(n_met + n_breached) as judged, {sums}
        from agent_sla.agent_sla_daily as daily inner join core.dim_channels as channels using (channel_key)
        where {condition} and date_day >= ? and date_day < ? + interval 1 month
        group by 1, 2 having sum(n_met + n_breached) > 0 order by 1
        """,
        [*values, filters.first_day, filters.first_day],
    )


def waits(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Median waiting for a third party and for the customer by channel in the month."""
    return publication.frame(
        "select scope_id as channel_id, kpi_id, value, n from governance_review.kpi_monthly "
        "where tenant_id = ? and month = ? and scope_type = 'channel' and is_governed "
        "and kpi_id in ('on_hold_time', 'customer_wait_time')",
        [filters.tenant, filters.first_day],
    )


def clocks(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Median (live: mean) of the speed KPIs by clock at the narrowest place chosen, with n."""
    scope_type, scope_id = filters.narrowest
    return publication.frame(
        "select kpi_id, clock, stat, value, ci_low, ci_high, n, unit, status, status_reason "
        "from governance_review.kpi_monthly "
        "where tenant_id = ? and month = ? and scope_type = ? and scope_id = ? and list_contains(?, kpi_id) "
        "and variant = 'none' and stat = case when kpi_id in ('asa', 'asa_async') then 'mean' else 'median' end "
        "and (? = '' or clock = ?) "
        "order by list_position(?, kpi_id), clock desc",
        [
            filters.tenant,
            filters.first_day,
            scope_type,
            scope_id,
            list(CLOCK_KPIS),
            *(filters.clock, filters.clock),
            list(CLOCK_KPIS),
        ],
    )


def missed(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Share kept under each of the three ways to count missed contacts, by layer, and the rate of missed contacts."""
    scope_type, scope_id = filters.narrowest
    return publication.frame(
        "select variant, layer, value, numerator, denominator, n, status, status_reason from "
        "governance_review.kpi_monthly "
        "where tenant_id = ? and month = ? and scope_type = ? and scope_id = ? and kpi_id = 'missed_contact_rate' "
        "and stat = 'ratio' order by layer, variant",
        [filters.tenant, filters.first_day, scope_type, scope_id],
    )


def policies(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Which policy for missed contacts each channel has."""
    return publication.rows(
        "select missed_policy, count(*) as channels from core.dim_channels where tenant_id = "
        "? group by 1 order by 2 desc",
        [filters.tenant],
    )


def marketplace_by_agent(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Marketplace promises of the month by person and platform; persons whose views are off are left out."""
    condition, values = narrowed(filters, *PLACES_OF_DAYS, of="daily")
    frame = publication.frame(
        f"""
        select agent_key, daily.platform, sum(n_met) as met, sum(n_breached) as broken
        from agent_sla.agent_sla_daily as daily
        where {condition} and layer = 'marketplace' and daily.platform in ('amazon', 'ebay')
            and date_day >= ? and date_day < ? + interval 1 month
            and agent_key not in (select agent_key from core.dim_agents where agent_views = 'off')
        group by 1, 2 having sum(n_met + n_breached) > 0 order by agent_key, 2
        """,
        [*values, filters.first_day, filters.first_day],
    )
    frame["judged"] = frame.met + frame.broken
    return frame
