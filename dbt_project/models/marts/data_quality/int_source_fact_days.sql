{{ config(schema='intermediate', access='protected', contract={'enforced': false}, materialized=step()) }}

-- Days (UTC) on which a source told of anything, with the days since the one before: how long it uses to be quiet.
{%- set event_tables = [
    'tickets', 'ticket_events', 'messages', 'satisfaction_responses', 'survey_sends', 'orders', 'order_defects',
    'account_health_snapshots', 'qa_reviews', 'agent_time', 'handle_sessions', 'costs', 'contact_forecast',
    'self_service_events',
] %}
with days as (
    {%- for table_name in event_tables %}
    select
        tenant_id,
        source_system,
        cast(occurred_at as date) as fact_day
    from {{ ref('core__' ~ table_name) }}
    where occurred_at <= {{ as_of_at() }}
    group by
        tenant_id,
        source_system,
        cast(occurred_at as date)
    {{ 'union' if not loop.last }}
    {%- endfor %}
)

select
    *,
    {{ dbt.datediff('lag(fact_day) over (partition by tenant_id, source_system order by fact_day)', 'fact_day', 'day') }} as quiet_days
from days
