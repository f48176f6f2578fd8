"""Marketplace metrics against their limits, the room that is left, and the rules themselves."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.queries.places import narrowed
from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication

STALE_RULE_DAYS = 180


def standing(publication: Publication, filters: Filters) -> pd.DataFrame:
    """The newest day of every metric of every account, the worst first."""
    condition, values = narrowed(filters, "platform", "account", of="health")
    return publication.frame(
        f"""
        with newest as (
            select * from marketplace_health.account_health_daily as health where {condition}
            qualify date_day = max(date_day) over (
                partition by marketplace_account_key, metric, program, evaluation, fulfilment, window_length,
                    dimension_key, dimension_value
            )
        )
        select newest.*, accounts.marketplace_account_id as account
        from newest inner join core.dim_marketplace_accounts as accounts using (marketplace_account_key)
        order by list_position(['red', 'amber', 'green', 'grey_no_target'], newest.status), headroom nulls
            last, account, metric, window_length
        """,
        values,
    )


def history(
    publication: Publication, filters: Filters, metric: str, days: int = 120
) -> pd.DataFrame:
    """Published value and our estimate of one metric by day and account."""
    condition, values = narrowed(filters, "platform", "account", of="health")
    return publication.frame(
        f"""
        select date_day, accounts.marketplace_account_id as account, window_length,
            avg(published_value) as published, avg(estimate_value) as estimate, max(target_value) as target
        from marketplace_health.account_health_daily as health
        inner join core.dim_marketplace_accounts as accounts using (marketplace_account_key)
        where {condition} and metric = ?
            and date_day > (select max(date_day) from marketplace_health.account_health_daily where tenant_id =
                ?) - {days}
        group by all order by date_day, account, window_length
        """,
        [*values, metric, filters.tenant],
    )


def rules(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Rules of the marketplaces in force: those that nobody has verified for long first."""
    return publication.rows(
        """
        select *, date_diff('day', last_verified_on, (select max(as_of)::date from
            governance_review.kpi_monthly)) as days_since
        from marketplace_health.marketplace_rules
        where is_in_force and (? = '' or platform = ?)
        order by days_since desc nulls first, platform, rule_id
        """,
        [filters.platform, filters.platform],
    )
