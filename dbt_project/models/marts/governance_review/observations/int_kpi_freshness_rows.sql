{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- How far behind each source and table was at each month's snapshot, by the loads made until then: the age of its latest
-- fact, or of the last load of its source when that is younger, since a quiet night with a running load is not stale.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

arrivals as (

    select * from {{ ref('int_load_arrivals') }}

),

known as (

    select
        months.tenant_id,
        months.month,
        months.snapshot_at,
        arrivals.source_system,
        arrivals.table_name,
        max(arrivals.latest_occurred_at) as latest_occurred_at,
        max(arrivals.ingested_at) as latest_ingested_at
    from months
    inner join arrivals
        on
        months.tenant_id = arrivals.tenant_id
        and months.snapshot_at >= arrivals.ingested_at
    group by months.tenant_id, months.month, months.snapshot_at, arrivals.source_system, arrivals.table_name

),

beating as (

    select
        *,
        {{ seconds_between('latest_occurred_at', 'snapshot_at') }} as fact_lag_s,
        {{ seconds_between('max(latest_ingested_at) over (partition by tenant_id, month, source_system)', 'snapshot_at') }} as load_lag_s
    from known

),

final as (

    select
        tenant_id,
        month,
        'freshness_lag' as kpi_id,
        'none' as variant,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key,
        source_system || '|' || table_name as fact_key,
        cast(null as varchar) as ticket_key,
        latest_occurred_at as happened_at,
        table_name || ' of ' || source_system as detail,
        greatest(least(coalesce(fact_lag_s, load_lag_s), load_lag_s), 0) as lag_s,
        1 as n
    from beating

)

select * from final
