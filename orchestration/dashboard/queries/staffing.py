"""Hours of the week against load and answers in time, forecasts against what came, and what lies ahead.

Forecasts and events of days to come are in no mart; they are read from the private copy beside the published file, as
``explain`` reads rows.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.queries.places import narrowed
from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication
from orchestration.publishing import EVIDENCE_FILE
from orchestration.warehouse import open_read_only

PLACES_OF_TURNS = ("platform", "account", "channel", "team", "customer", "region")
WORK_KPIS = (
    *(
        "contacts_per_agent",
        "contacts_to_resolve",
        "staffing_to_forecast",
        "forecast_wape",
        "forecast_bias",
    ),
    *("occupancy", "shrinkage", "utilization", "backlog_days"),
)


def week_hours(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Turns by weekday (1 = Monday) and hour of the reporting zone, per week, with the share answered in time."""
    days = int(filters.days or 90)
    layer = "marketplace" if filters.layer == "marketplace" else "internal"
    condition, values = narrowed(filters, *PLACES_OF_TURNS, of="turns")
    return publication.frame(
        f"""
        with last as (select max(date_day) as day from agent_sla.operator_activity_daily where tenant_id = ?)
        select isodow(dates.date_day) as weekday,
            cast(floor(epoch(turns.started_at - dates.day_start_at) / 3600) as integer) as hour,
            count(*) * 7.0 / {days} as turns_a_week,
            count(*) filter (where {layer}_verdict = 'met') as met,
            count(*) filter (where {layer}_verdict in ('met', 'breached')) as judged
        from core.fct_response_obligations as turns, last
        inner join core.dim_dates as dates on dates.tenant_id = turns.tenant_id
            and turns.started_at >= dates.day_start_at and turns.started_at < dates.day_end_at
        where {condition} and dates.date_day > last.day - {days} and dates.date_day <= last.day
            -- the two days a year at which clocks change have no such hours
            and dates.day_seconds = 86400
        group by 1, 2 order by 1, 2
        """,
        [filters.tenant, *values],
    )


def staffed(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Mean staffed and planned hours, turns and load by weekday (1 = Monday) of the chosen days."""
    days = int(filters.days or 90)
    return publication.frame(
        f"""
        select isodow(period_start) as weekday, avg(staffed_hours) as staffed, avg(planned_hours) as planned,
            avg(turns) as turns, sum(turns) / nullif(sum(staffed_hours), 0) as load, count(*) as days
        from agent_sla.speed_volume
        where tenant_id = ? and grain = 'day' and scope_type = case when ? = '' then 'company' else 'team' end
            and (? = '' or team_key in (select team_key from core.dim_teams where team_id = ?))
            and period_start > (select max(date_day) from agent_sla.operator_activity_daily where tenant_id =
                ?) - {days}
        group by 1 order by 1
        """,
        [filters.tenant, filters.team, filters.team, filters.team, filters.tenant],
    )


def numbers(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Work and forecast KPIs of the newest full month at the company, with their variants."""
    return publication.frame(
        "select kpi_id, variant, stat, value, numerator, denominator, n, target, target_high, "
        "status, status_reason, unit, "
        "is_governed, month, ci_low, ci_high from governance_review.kpi_monthly "
        "where tenant_id = ? and month = ? and scope_type = 'company' and list_contains(?, kpi_id) "
        "order by list_position(?, kpi_id), is_governed desc, variant",
        [filters.tenant, filters.first_day, list(WORK_KPIS), list(WORK_KPIS)],
    )


def handled(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Contacts handled by each person in the month; persons whose views are off are left out."""
    return publication.frame(
        "select scope_id as agent_key, value, n from governance_review.kpi_monthly where tenant_id = ? and month = ? "
        "and kpi_id = 'contacts_per_agent' and scope_type = 'agent' and variant = 'none' and stat = 'count' "
        "and scope_id not in (select agent_key from core.dim_agents where agent_views = 'off') "
        "order by value desc nulls last, scope_id",
        [filters.tenant, filters.first_day],
    )


def forecasts(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Forecast and actual contacts by day: of finished days the last version locked before, ahead the newest one.

    Contacts are counted as ``forecast_wape`` counts them, in the channels that have a forecast.
    """
    return _evidence(
        publication,
        """
        with versions as (
            select channel_id, interval_start, forecast_contacts, row_number() over (
                partition by channel_id, interval_start
                order by is_locked and made_at <= interval_start desc, made_at desc, forecast_version_id desc,
                    forecast_key
            ) as place
            from canonical.contact_forecast
            where tenant_id = $1 and grain = 'day' and not coalesce(is_deleted_in_source, false)
                and (not $2 or channel_id = $3)
        ),
        planned as (
            select interval_start, sum(cast(forecast_contacts as double)) as forecast from versions
            where place = 1 group by 1
        ),
        came as (
            select dates.day_start_at as interval_start, count(*) as contacts
            from core.fct_response_obligations as turns
            inner join core.dim_channels as channels using (channel_key)
            inner join core.dim_dates as dates on dates.tenant_id = turns.tenant_id
                and turns.started_at >= dates.day_start_at and turns.started_at < dates.day_end_at
            where turns.tenant_id = $1 and turns.kind in ('first', 'next') and turns.state <> 'excluded'
                and channels.channel_id in (select channel_id from versions)
            group by 1
        )
        select planned.interval_start + interval 12 hour as day, forecast,
            case when finished.date_day is not null then coalesce(came.contacts, 0) end as actual
        from planned
        left join came using (interval_start)
        left join core.dim_dates as finished on finished.tenant_id = $1
            and finished.day_start_at = planned.interval_start and finished.day_end_at <= $4
        order by 1
        """,
        [filters.tenant, bool(filters.channel), filters.channel, publication.as_of],
    )


def events(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Holidays, sales days and launches of the twelve weeks that follow the data."""
    found = _evidence(
        publication,
        """
        select kind, note,
            cast(timezone(reporting_tz, timezone('UTC', starts_at)) as date) as first_day,
            cast(timezone(reporting_tz, timezone('UTC', ends_at - interval 1 second)) as date) as last_day
        from canonical.event_calendar as events inner join canonical.tenants using (tenant_id)
        where tenant_id = $1 and not coalesce(events.is_deleted_in_source, false)
            and ends_at > $2 and starts_at < $2 + interval 84 day
        order by starts_at
        """,
        [filters.tenant, publication.as_of],
    )
    return [dict(row) for row in found.to_dict("records")]


def _evidence(publication: Publication, query: str, values: list[Any]) -> pd.DataFrame:
    with open_read_only(publication.path.parent / EVIDENCE_FILE) as connection:
        return connection.execute(query, values).df()
