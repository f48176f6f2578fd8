-- Daily checks of what was loaded, added up by month: rows outside the vocabulary, rows that arrived late, rows the source
-- has and the warehouse lacks. One row per source, table, day and check.

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

measured as (

    {{ kpi_counts('checks', [
        {'kpi_id': 'unmapped_rate', 'stat': 'ratio', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'unmapped_rate'"},
        {'kpi_id': 'late_arrival_rate', 'stat': 'ratio', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'late_arrival_rate'"},
        {'kpi_id': 'late_arrival_rate', 'stat': 'ratio', 'variant': 'after_close', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'late_after_close'"},
        {'kpi_id': 'load_completeness', 'stat': 'ratio', 'numerator': 'numerator', 'denominator': 'denominator', 'where': "check_name = 'load_completeness'"},
    ]) }}

)

select * from measured
