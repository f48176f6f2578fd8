with lags as (
    select * from {{ ref('int_source_lags') }}
    where snapshot_at = {{ as_of_at() }}
),

final as (
    select
        {{ surrogate_key(['tenant_id', 'source_system', 'table_name']) }} as source_freshness_key,
        tenant_id,
        source_system,
        table_name,
        connector,
        cast(row_count as bigint) as row_count,
        latest_occurred_at,
        latest_ingested_at,
        looked_at as last_looked_at,
        fact_lag_s as lag_cal_s,
        load_lag_s as load_lag_cal_s,
        look_lag_s as look_lag_cal_s,
        cast(expected_quiet_s as bigint) as expected_quiet_s,
        behind_since_at,
        cast(lag_s as bigint) as freshness_lag_s,
        case
            when lag_s <= 3600 then 'green'
            when lag_s <= 86400 then 'amber'
            else 'red'
        end as freshness_status,
        snapshot_at as as_of_at
    from lags
)

select * from final
