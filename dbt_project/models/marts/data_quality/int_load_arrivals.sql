{{ config(schema='intermediate', access='protected', contract={'enforced': false}) }}

-- What each load brought: rows and the latest business time among them, by source, table and the instant of the load.
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
        ingested_at,
        count(*) as row_count,
        max(case when occurred_at <= {{ as_of_at() }} then occurred_at end) as latest_occurred_at
    from {{ ref('canonical__' ~ table_name) }}
    group by
        tenant_id,
        source_system,
        ingested_at
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from loaded
