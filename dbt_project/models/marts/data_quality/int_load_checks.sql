{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- Daily checks on what was loaded, by the UTC day of the business time: values outside the vocabulary, and facts that
-- arrived more than a day after they happened. The first load of a source brings history and is never late.
{%- set event_tables = [
    'tickets', 'ticket_events', 'messages', 'satisfaction_responses', 'orders', 'order_defects',
    'account_health_snapshots',
] %}
with loaded as (
    {%- for table_name in event_tables %}
    select
        tenant_id,
        source_system,
        '{{ table_name }}' as table_name,
        cast(occurred_at as date) as date_day,
        ingested_at,
        unmapped_values is not null as is_unmapped,
        {{ seconds_between('occurred_at', 'ingested_at') }} > 86400 as is_older_than_a_day
    from {{ ref('canonical__' ~ table_name) }}
    where occurred_at <= {{ as_of_at() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

first_loads as (
    select
        tenant_id,
        source_system,
        table_name,
        min(ingested_at) as first_ingested_at
    from loaded
    group by
        tenant_id,
        source_system,
        table_name
),

final as (
    select
        tenant_id,
        source_system,
        table_name,
        date_day,
        'unmapped_rate' as check_name,
        cast(count(*) filter (where is_unmapped) as decimal(18, 6)) as numerator,
        cast(count(*) as decimal(18, 6)) as denominator
    from loaded
    group by
        tenant_id,
        source_system,
        table_name,
        date_day

    union all

    select
        loaded.tenant_id,
        loaded.source_system,
        loaded.table_name,
        loaded.date_day,
        'late_arrival_rate',
        cast(count(*) filter (where loaded.is_older_than_a_day) as decimal(18, 6)),
        cast(count(*) as decimal(18, 6))
    from loaded
    inner join first_loads
        on loaded.tenant_id = first_loads.tenant_id
        and loaded.source_system = first_loads.source_system
        and loaded.table_name = first_loads.table_name
        and loaded.ingested_at > first_loads.first_ingested_at
    group by
        loaded.tenant_id,
        loaded.source_system,
        loaded.table_name,
        loaded.date_day
)

select * from final
