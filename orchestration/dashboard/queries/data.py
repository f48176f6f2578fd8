"""How far the data can be trusted: age, completeness, checks, refused rows, and what cannot be measured."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication

QUALITY_KPIS = (
    "freshness_lag",
    "load_completeness",
    "attribution_coverage",
    "policy_coverage",
    "unmapped_rate",
    "late_arrival_rate",
    "reconciliation_delta",
)


def freshness(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Every table of every source, those that are too old first."""
    return publication.frame(
        "select * from data_quality.source_freshness where tenant_id = ? "
        "order by list_position(['red', 'amber', 'green'], freshness_status), freshness_lag_s "
        "desc nulls last, source_system, table_name",
        [filters.tenant],
    )


def checks(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Results of the newest day of each check, failures first."""
    return publication.frame(
        """
        select * from data_quality.check_results_daily where tenant_id in (?, '*')
        qualify row_number() over (
            partition by checkpoint, suite, check_name, source_system, table_name order by date_day desc,
                checked_at desc nulls last
        ) = 1
        order by list_position(['failed', 'error', 'passed'], status) nulls first,
            list_position(['critical', 'warning', 'info'], severity), check_name, source_system
        """,
        [filters.tenant],
    )


def failures(publication: Publication, filters: Filters, days: int = 60) -> pd.DataFrame:
    """Failed and passed checks by day."""
    return publication.frame(
        f"select date_day, count(*) filter (where status <> 'passed') as failed, count(*) as checks "
        "from data_quality.check_results_daily where tenant_id in (?, '*') and date_day > "
        f"(select max(date_day) from data_quality.check_results_daily) - {days} group by 1 order by 1",
        [filters.tenant],
    )


def quarantined(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Refused rows by file, column and reason, the newest first; their contents are not shown."""
    return publication.frame(
        "select source_system, table_name, file_name, column_name, reason, count(*) as rows, "
        "min(line_no) as first_line, "
        "max(detected_at) as detected_at from data_quality.quarantined_records where tenant_id in (?, '*') "
        "group by all order by detected_at desc, rows desc",
        [filters.tenant],
    )


def unmeasured(publication: Publication, filters: Filters) -> pd.DataFrame:
    """KPIs of the company that cannot be measured in the month, by reason."""
    return publication.frame(
        "select status_reason as reason, list(distinct kpi_id order by kpi_id) as kpis from "
        "governance_review.kpi_monthly "
        "where tenant_id = ? and month = ? and scope_type = 'company' and is_governed and "
        "status = 'grey_not_measurable' "
        "group by 1 order by len(kpis) desc, 1",
        [filters.tenant, filters.first_day],
    )


def silent(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Alert rules and coaching flags that cannot fire, with the reason."""
    return publication.rows(
        "select 'alert' as kind, rule_id, not_measurable_reason as reason from agent_sla.alert_rules "
        "where tenant_id = ? and not is_measurable union all "
        "select 'flag', rule_id, not_measurable_reason from agent_sla.coaching_rules where "
        "tenant_id = ? and not is_measurable "
        "order by 1, 2",
        [filters.tenant, filters.tenant],
    )


def acknowledged(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Open alerts by rule: how many, how many of them somebody acknowledged, and who did so last."""
    return publication.rows(
        """
        select rule_id, count(*) as open, count(acknowledged_at) as acknowledged,
            max_by(acknowledged_by, acknowledged_at) as last_by, max(acknowledged_at) as last_at
        from agent_sla.alerts where tenant_id = ? and is_open and not is_suppressed
        group by rule_id order by acknowledged = open, open desc, rule_id
        """,
        [filters.tenant],
    )


def capabilities(publication: Publication, filters: Filters) -> pd.DataFrame:
    """What each source delivers, by subject; reference tables with their origin."""
    return publication.frame(
        "select source_system, subject_type, subject, level, origin, row_count, note, is_inferred "
        "from data_quality.source_capabilities where tenant_id in (?, '*') order by "
        "subject_type, source_system, subject",
        [filters.tenant],
    )


def quality(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Data-quality KPIs of the month at the company."""
    return publication.rows(
        "select kpi_id, layer, variant, value, unit, stat, n, target, status, status_reason "
        "from governance_review.kpi_monthly "
        "where tenant_id = ? and month = ? and scope_type = 'company' and is_governed and list_contains(?, kpi_id) "
        "order by list_position(?, kpi_id), layer, variant",
        [filters.tenant, filters.first_day, list(QUALITY_KPIS), list(QUALITY_KPIS)],
    )
