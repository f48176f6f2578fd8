with loaded as (
    select
        tenant_id,
        source_system,
        table_name,
        cast(sum(row_count) as bigint) as row_count,
        max(latest_occurred_at) as latest_occurred_at,
        max(ingested_at) as latest_ingested_at
    from {{ ref('int_load_arrivals') }}
    group by
        tenant_id,
        source_system,
        table_name
),

lagged as (
    select
        loaded.*,
        {{ seconds_between('latest_occurred_at', as_of_at()) }} as lag_cal_s,
        {{ seconds_between('latest_ingested_at', as_of_at()) }} as load_lag_cal_s,
        min({{ seconds_between('latest_ingested_at', as_of_at()) }}) over (partition by tenant_id, source_system)
            as heartbeat_lag_cal_s
    from loaded
),

final as (
    select
        {{ surrogate_key(['tenant_id', 'source_system', 'table_name']) }} as source_freshness_key,
        tenant_id,
        source_system,
        table_name,
        row_count,
        latest_occurred_at,
        latest_ingested_at,
        lag_cal_s,
        load_lag_cal_s,
        -- A quiet night is not staleness: the last load of the source is its heartbeat, so the smaller of the lags is judged.
        case
            when least(coalesce(lag_cal_s, heartbeat_lag_cal_s), heartbeat_lag_cal_s) <= 3600 then 'green'
            when least(coalesce(lag_cal_s, heartbeat_lag_cal_s), heartbeat_lag_cal_s) <= 86400 then 'amber'
            else 'red'
        end as freshness_status,
        {{ as_of_at() }} as as_of_at
    from lagged
)

select * from final
