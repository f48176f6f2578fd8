-- How far behind each source and table was at each month's snapshot, by the loads and looks made until then.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

lags as (

    select * from {{ ref('int_source_lags') }}

),

final as (

    select
        months.tenant_id,
        months.month,
        lags.source_system || '|' || lags.table_name as fact_key,
        lags.latest_occurred_at as happened_at,
        lags.table_name || ' of ' || lags.source_system as detail,
        lags.lag_s
    from lags
    inner join months
        on
        lags.tenant_id = months.tenant_id
        and lags.snapshot_at = months.snapshot_at
        and lags.first_ingested_at <= months.snapshot_at

)

select * from final
