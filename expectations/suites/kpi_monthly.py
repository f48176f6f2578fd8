"""Border two, the governed table: a complete grid, and no month that jumps beyond belief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.batches import Circumstances, Suite, meaning, suite_of

if TYPE_CHECKING:
    import duckdb
    from great_expectations import ExpectationSuite

_OWNER = "data_owner"
_TABLES = ("governance_review.kpi_monthly",)
_MONTHS_JUDGED = 3


def grid_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per tenant, scope type, KPI that the scope type ever shows, and complete month of the last three.

    ``is_missing`` = 1 when the month has the scope type but not the KPI.
    """
    return f"""
        with known as (
            select tenant_id, scope_type, kpi_id, cast(month as date) as month
            from governance_review.kpi_monthly
            group by tenant_id, scope_type, kpi_id, cast(month as date)
        ),
        months as (
            select tenant_id, scope_type, month from known
            where month < cast(date_trunc('month', {circumstances.as_of_literal}) as date)
                and month >= cast(date_trunc('month', {circumstances.as_of_literal})
                    - interval {_MONTHS_JUDGED} month as date)
            group by tenant_id, scope_type, month
        ),
        wanted as (
            select months.tenant_id, months.scope_type, months.month, kpis.kpi_id
            from months
            join (select distinct tenant_id, scope_type, kpi_id from known) as kpis
                on months.tenant_id = kpis.tenant_id and months.scope_type = kpis.scope_type
        )
        select wanted.tenant_id || ' ' || cast(wanted.month as varchar) || ' ' || wanted.scope_type
                || ' ' || wanted.kpi_id as cell,
            wanted.scope_type,
            case when known.kpi_id is null then 1 else 0 end as is_missing,
            case when known.kpi_id is null and wanted.scope_type = 'company' then 1 else 0 end
                as is_missing_at_company
        from wanted
        left join known
            on wanted.tenant_id = known.tenant_id and wanted.scope_type = known.scope_type
            and wanted.kpi_id = known.kpi_id and wanted.month = known.month
    """


def grid_suite() -> ExpectationSuite:
    """Month by KPI by scope has no holes."""
    from great_expectations import expectations as gxe

    return suite_of(
        "governance_review__kpi_monthly_grid",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="is_missing_at_company",
                max_value=0,
                severity="critical",
                meta=meaning(
                    "company_grid_is_complete",
                    _OWNER,
                    "A KPI that cannot be computed says so in status_reason; a row that is simply not there is a "
                    "model that lost it, and a forum would not notice.",
                    "see which intermediate model of the KPI has no rows for that month",
                ),
            ),
            gxe.ExpectColumnMeanToBeBetween(
                column="is_missing",
                max_value=0.2,
                severity="warning",
                meta=meaning(
                    "scope_grids_are_nearly_complete",
                    _OWNER,
                    "Small scopes have months without any event of a KPI; one cell in five is the most that explains.",
                    "list the missing cells and compare them with the scopes' activity",
                ),
            ),
        ],
    )


def change_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per company KPI of the last complete month with its predecessor, n of both at least 100.

    ``factor`` = larger / smaller for counts and durations; ``points`` = absolute difference for ratios.
    """
    return f"""
        with company as (
            select tenant_id, kpi_id, stat, clock, layer, variant, kpi_version, n,
                cast(value as double) as value, cast(month as date) as month
            from governance_review.kpi_monthly
            where scope_type = 'company' and value is not null
        )
        select now_month.kpi_id || ' ' || now_month.stat || ' ' || now_month.clock || ' ' || now_month.layer
                || ' ' || now_month.variant as kpi,
            case when now_month.stat in ('ratio', 'score') then abs(now_month.value - past.value) end as points,
            case
                when now_month.stat in ('count', 'mean', 'median', 'p90')
                    and least(now_month.value, past.value) > 0
                    then greatest(now_month.value, past.value) / least(now_month.value, past.value)
            end as factor,
            case
                when now_month.stat = 'count' and now_month.value = 0 and past.value >= 100 then 1 else 0
            end as is_vanished
        from company as now_month
        join company as past
            on now_month.tenant_id = past.tenant_id and now_month.kpi_id = past.kpi_id
            and now_month.stat = past.stat and now_month.clock = past.clock
            and now_month.layer = past.layer and now_month.variant = past.variant
            and now_month.kpi_version = past.kpi_version
            and past.month = cast(now_month.month - interval 1 month as date)
        where now_month.month = cast(date_trunc('month', {circumstances.as_of_literal} - interval 1 month) as date)
            and past.n >= 100 and (now_month.n >= 100 or now_month.stat = 'count')
    """


def change_suite() -> ExpectationSuite:
    """Month-over-month change at company scope stays believable."""
    from great_expectations import expectations as gxe

    return suite_of(
        "governance_review__kpi_monthly_change",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="is_vanished",
                max_value=0,
                severity="critical",
                meta=meaning(
                    "no_count_vanishes",
                    _OWNER,
                    "A count of 100 or more does not become zero in a month; its input was not loaded.",
                    "see the KPI's inputs (deskhouse explain) and the load of their source",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="factor",
                max_value=5.0,
                severity="warning",
                meta=meaning(
                    "counts_and_durations_move_by_steps",
                    "operations_manager",
                    "Seasons double or triple a month; a factor of five at company scope has a cause with a name.",
                    "name the cause in the monthly comment, or find the mapping that changed",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="points",
                max_value=0.3,
                severity="warning",
                meta=meaning(
                    "ratios_move_by_steps",
                    "operations_manager",
                    "With 100 rows chance moves a ratio by at most 14 points (two standard errors of a difference).",
                    "compare numerator and denominator with the month before; check policies and targets",
                ),
            ),
        ],
    )


BUSY_CONTACTS = 100
"""Contacts of a month from which on most KPIs have something to count."""


def measurable_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per tenant: company KPIs with a value in the last complete month over those of the month before.

    Only where the month before was busy: with a few contacts it is chance which KPIs have something to count.
    """
    return f"""
        with busy as (
            select distinct tenant_id, cast(month as date) as month
            from governance_review.kpi_monthly
            where kpi_id = 'contact_volume' and scope_type = 'company' and value >= {BUSY_CONTACTS}
        ),
        measured as (
            select tenant_id, cast(month as date) as month, count(distinct kpi_id) as kpis
            from governance_review.kpi_monthly
            where scope_type = 'company' and status <> 'grey_not_measurable'
                and (value is not null or value_text is not null)
            group by tenant_id, cast(month as date)
        )
        select now_month.tenant_id, now_month.kpis / cast(past.kpis as double) as kept_share
        from measured as past
        join measured as now_month
            on past.tenant_id = now_month.tenant_id
            and past.month = cast(now_month.month - interval 1 month as date)
        join busy on past.tenant_id = busy.tenant_id and past.month = busy.month
        where now_month.month = cast(date_trunc('month', {circumstances.as_of_literal} - interval 1 month) as date)
            and past.kpis >= 5
    """


def measurable_suite() -> ExpectationSuite:
    """KPIs do not silently become unmeasurable."""
    from great_expectations import expectations as gxe

    return suite_of(
        "governance_review__kpi_monthly_measurable",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="kept_share",
                min_value=0.5,
                severity="critical",
                meta=meaning(
                    "most_kpis_stay_measurable",
                    _OWNER,
                    "One source that ends takes a few KPIs with it; half of them at once is a build without input.",
                    "see status_reason of the lost KPIs, load the missing source, run again",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="kept_share",
                min_value=0.9,
                severity="warning",
                meta=meaning(
                    "kpis_stay_measurable",
                    _OWNER,
                    "More than one KPI in ten lost within a month is a source that stopped.",
                    "see status_reason of the lost KPIs",
                ),
            ),
        ],
    )


SUITES = (
    Suite(
        "governance_review__kpi_monthly_grid",
        "marts",
        "governance_review",
        "kpi_monthly",
        "cell",
        _TABLES,
        grid_query,
        grid_suite,
    ),
    Suite(
        "governance_review__kpi_monthly_change",
        "marts",
        "governance_review",
        "kpi_monthly",
        "kpi",
        _TABLES,
        change_query,
        change_suite,
    ),
    Suite(
        "governance_review__kpi_monthly_measurable",
        "marts",
        "governance_review",
        "kpi_monthly",
        "tenant_id",
        _TABLES,
        measurable_query,
        measurable_suite,
    ),
)
