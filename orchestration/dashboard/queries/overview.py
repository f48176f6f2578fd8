"""The governed KPIs of a month at one place, with thirteen months behind them, and what is open now."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from orchestration.dashboard.queries.places import narrowed, of_promise_and_clock
from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication

_NUMBERS = """
    with numbers as (
        select
            *, lag(status) over series as status_before,
            list(case when coverage_reason is null then cast(value as double) end)
                over (series rows between 12 preceding and current row) as values_before
        from governance_review.kpi_monthly
        where tenant_id = ? and scope_type = ? and scope_id = ? and is_governed and {condition}
        window series as (partition by kpi_id, layer, variant order by month, kpi_version)
    )
    select numbers.*, definitions.name, definitions.kpi_group
    from numbers
    inner join governance_review.kpi_definitions as definitions using (kpi_id, kpi_version)
    where numbers.month = ?
    order by definitions.kpi_group, definitions.name, numbers.layer, numbers.variant
"""


def numbers(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Governed rows of the chosen month and place, the month before and the values of thirteen months beside them."""
    condition, values = of_promise_and_clock(filters)
    return publication.frame(
        _NUMBERS.format(condition=condition),
        [filters.tenant, *filters.narrowest, *values, filters.first_day],
    )


def open_alerts(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Open alerts by rule, the most urgent first: how many, since when."""
    return publication.frame(
        "select severity, rule_id, count(*) as episodes, min(opened_at) as since from agent_sla.alerts "
        "where tenant_id = ? and is_open and not is_suppressed group by severity, rule_id "
        "order by list_position(['critical', 'high', 'medium', 'info'], severity), episodes desc",
        [filters.tenant],
    )


def open_actions(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Decisions that are not done, the soonest due first."""
    return publication.rows(
        "select action_id, kpi_id, scope_type, scope_id, decision, owner, due_on, status "
        "from governance_review.actions where tenant_id = ? and status in ('open', 'overdue') order by due_on",
        [filters.tenant],
    )


def freshness(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Sources whose data are too old, the oldest first."""
    condition, values = narrowed(filters)
    return publication.rows(
        "select source_system, table_name, freshness_lag_s from data_quality.source_freshness "
        f"where {condition} and freshness_status = 'red' order by freshness_lag_s desc",
        values,
    )


def months_between(first: date, last: date) -> int:
    """Whole months from one first day to another."""
    return (last.year - first.year) * 12 + last.month - first.month
