{%- set event_tables = [
    'tickets', 'ticket_events', 'messages', 'satisfaction_responses', 'survey_sends', 'orders', 'order_defects',
    'account_health_snapshots', 'qa_reviews', 'agent_time', 'handle_sessions', 'costs', 'contact_forecast',
    'self_service_events',
] %}
with loaded as (
    {%- for table_name in event_tables %}
    select
        tenant_id,
        source_system,
        '{{ table_name }}' as table_name,
        count(*) as row_count,
        max(case when occurred_at <= {{ as_of_at() }} then occurred_at end) as latest_occurred_at,
        max(ingested_at) as latest_ingested_at
    from {{ ref('canonical__' ~ table_name) }}
    group by
        tenant_id,
        source_system
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

lagged as (
    select
        loaded.*,
        {{ seconds_between('latest_occurred_at', as_of_at()) }} as lag_cal_s,
        {{ seconds_between('latest_ingested_at', as_of_at()) }} as load_lag_cal_s
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
        -- A quiet night is not staleness: the last load is the heartbeat, so the smaller of the two lags is judged.
        case
            when least(lag_cal_s, load_lag_cal_s) <= 3600 then 'green'
            when least(lag_cal_s, load_lag_cal_s) <= 86400 then 'amber'
            else 'red'
        end as freshness_status,
        {{ as_of_at() }} as as_of_at
    from lagged
)

select * from final
