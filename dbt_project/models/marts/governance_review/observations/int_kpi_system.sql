-- The program's own numbers. Daily checks of what was loaded, added up by month: rows outside the vocabulary, rows that arrived late, rows the source
-- has and the warehouse lacks, one row per source, table, day and check. And values that a forum saw, by closed month, with those that later
-- moved beyond tolerance: a changed definition runs beside the old one and restates nothing; the share itself is not among the values.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

checks as (

    select
        checks.tenant_id,
        months.month,
        checks.check_name,
        checks.source_system || '|' || checks.table_name || '|' || cast(checks.date_day as varchar) as fact_key,
        cast(null as varchar) as ticket_key,
        cast(checks.date_day as timestamp) as happened_at,
        checks.table_name || ' of ' || checks.source_system as detail,
        checks.numerator,
        checks.denominator,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from {{ ref('int_warehouse_checks') }} as checks
    inner join months
        on
        checks.tenant_id = months.tenant_id
        and {{ month_start('checks.date_day') }} = months.month

),

snapshots as (

    select * from {{ ref('int_ledger_snapshots') }}

),

restated as (

    select
        kpi_monthly_key,
        max(detected_at) as restated_at
    from {{ ref('int_ledger_restatements') }}
    where
        kpi_monthly_key is not null
        and reason_code <> 'definition_change'
    group by kpi_monthly_key

),

frozen as (

    select
        snapshots.tenant_id,
        snapshots.month,
        snapshots.kpi_monthly_key as fact_key,
        cast(null as varchar) as ticket_key,
        coalesce(restated.restated_at, snapshots.as_of) as happened_at,
        snapshots.kpi_id || ' of ' || snapshots.scope_type || ' ' || snapshots.scope_id
        || case when restated.kpi_monthly_key is null then ' as presented' else ' restated' end as detail,
        restated.kpi_monthly_key is not null as is_restated,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from snapshots
    left join restated on snapshots.kpi_monthly_key = restated.kpi_monthly_key
    where
        snapshots.kpi_id <> 'restatement_rate'
        and (snapshots.value is not null or snapshots.value_text is not null)

),

measured as (

    {{ kpi_counts('checks', [
        {'kpi_id': 'unmapped_rate', 'stat': 'ratio', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'unmapped_rate'"},
        {'kpi_id': 'late_arrival_rate', 'stat': 'ratio', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'late_arrival_rate'"},
        {'kpi_id': 'late_arrival_rate', 'stat': 'ratio', 'variant': 'after_close', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'late_after_close'"},
        {'kpi_id': 'load_completeness', 'stat': 'ratio', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'load_completeness'"},
    ]) }}
    union all
    {{ kpi_counts('frozen', [
        {'kpi_id': 'restatement_rate', 'stat': 'ratio', 'numerator': 'case when is_restated then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
