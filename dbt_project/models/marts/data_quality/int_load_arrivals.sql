{{ config(schema='intermediate', access='protected', contract={'enforced': false}, materialized=step()) }}

-- What each load brought: rows and the latest business time among them, by source, table, the instant of the load and whether files
-- or the system's own interface brought them.
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
        load_id,
        count(*) as row_count,
        max(case when occurred_at <= {{ as_of_at() }} then occurred_at end) as latest_occurred_at
    from {{ ref('core__' ~ table_name) }}
    group by
        tenant_id,
        source_system,
        ingested_at,
        load_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    loaded.tenant_id,
    loaded.source_system,
    loaded.table_name,
    coalesce(connectors.connector, 'landing') as connector,
    loaded.ingested_at,
    cast(sum(loaded.row_count) as bigint) as row_count,
    max(loaded.latest_occurred_at) as latest_occurred_at
from loaded
left join {{ ref('int_load_connectors') }} as connectors on loaded.load_id = connectors.load_id
group by
    loaded.tenant_id,
    loaded.source_system,
    loaded.table_name,
    coalesce(connectors.connector, 'landing'),
    loaded.ingested_at
