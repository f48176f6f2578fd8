"""The month as a forum reads it: presented against current, who answers, the close, decisions as published."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.queries.places import of_promise_and_clock
from orchestration.dashboard.selection import Filters
from orchestration.presenting.money import unit_sql
from orchestration.presenting.publication import Publication

_MONTH = """
    select numbers.*, definitions.name, definitions.kpi_group
    from governance_review.kpi_monthly as numbers
    inner join governance_review.kpi_definitions as definitions using (kpi_id, kpi_version)
    where numbers.tenant_id = ? and numbers.month = ? and scope_type = ? and scope_id = ? and is_governed
        and {condition}
        and (? = '' or numbers.kpi_id in (
            select kpi_id from governance_review.kpi_accountability
            where tenant_id = numbers.tenant_id and role = ? and kind = 'A' and valid_from <= numbers.month
                and (valid_to is null or valid_to > numbers.month)
        ))
    order by list_position(['red', 'amber', 'green'], status) nulls last, definitions.kpi_group,
        definitions.name, layer, variant
"""


def month(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Governed rows of the month and place, of those KPIs that the chosen role is accountable for anywhere."""
    condition, values = of_promise_and_clock(filters)
    return publication.frame(
        _MONTH.format(condition=condition),
        [
            *(filters.tenant, filters.first_day, *filters.narrowest, *values),
            *(filters.role, filters.role),
        ],
    )


def accountability(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Who is accountable (A), does the work (R) and sees (V), by KPI and kind of place, as it held in the month."""
    return publication.frame(
        """
        select kpi_id, scope_type, kind, list(role order by role) as roles, any_value(forum_id) as forum_id
        from governance_review.kpi_accountability
        where tenant_id = ? and valid_from <= ? and (valid_to is null or valid_to > ?) and (? = '' or role = ?)
        group by kpi_id, scope_type, kind order by kpi_id, scope_type, kind
        """,
        [filters.tenant, filters.first_day, filters.first_day, filters.role, filters.role],
    )


def close(publication: Publication, filters: Filters) -> dict[str, Any] | None:
    """The close of the month; None while it is open."""
    rows = publication.rows(
        "select * from governance_review.month_closes where tenant_id = ? and month = ?",
        [filters.tenant, filters.first_day],
    )
    return rows[0] if rows else None


def owed(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Comments that are owed on the month and not answered, the company first."""
    return publication.frame(
        "select kpi_id, layer, variant, scope_type, scope_id, status, value, target, unit, "
        "stat, accountable_role, forum_id "
        "from governance_review.kpi_monthly where tenant_id = ? and month = ? and is_governed and comment_required "
        "and comment_id is null and scope_type <> 'agent' and (? = '' or accountable_role = ?) "
        "order by scope_type <> 'company', scope_type, scope_id, kpi_id, layer",
        [filters.tenant, filters.first_day, filters.role, filters.role],
    )


def results(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """How each forum keeps its own word in the month."""
    return publication.rows(
        "select * from governance_review.forum_results where tenant_id = ? and month = ? order by forum_id",
        [filters.tenant, filters.first_day],
    )


def registry(publication: Publication, filters: Filters) -> dict[str, str]:
    """Units by KPI, for values that stand without them."""
    rows = publication.rows(
        f"select kpi_id, {unit_sql('max(unit)', '?')} as unit from governance_review.kpi_definitions group by 1",
        [filters.tenant],
    )
    return {row["kpi_id"]: row["unit"] or "" for row in rows}
