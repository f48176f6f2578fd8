{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Daily checks on what was loaded, by the local day of the business time: values outside the vocabulary; facts that arrived
-- more than a day after they happened (the first load of a source brings history and is never late) or after their month
-- was closed; and rows that the source has and the warehouse lacks: refused ones, and tickets that other rows of the source name but nobody delivered.
{%- set event_tables = [
    'tickets', 'ticket_events', 'messages', 'satisfaction_responses', 'survey_sends', 'orders', 'order_defects',
    'account_health_snapshots', 'qa_reviews', 'agent_time', 'handle_sessions', 'costs', 'contact_forecast',
    'self_service_events',
] %}
with tenants as (
    select * from {{ ref('dim_tenants') }}
),

rows_of_tables as (
    {%- for table_name in event_tables %}
    select
        tenant_id,
        source_system,
        '{{ table_name }}' as table_name,
        occurred_at,
        ingested_at,
        unmapped_values is not null as is_unmapped,
        {{ seconds_between('occurred_at', 'ingested_at') }} > 86400 as is_older_than_a_day
    from {{ ref('core__' ~ table_name) }}
    where occurred_at <= {{ as_of_at() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

closes as (
    select
        tenant_id,
        month,
        min(closed_at) as closed_at
    from {{ ref('int_ledger_closes') }}
    group by
        tenant_id,
        month
),

loaded as (
    select
        rows_of_tables.*,
        cast({{ utc_to_local('rows_of_tables.occurred_at', 'tenants.reporting_tz') }} as date) as date_day,
        min(rows_of_tables.ingested_at) over (
            partition by rows_of_tables.tenant_id, rows_of_tables.source_system, rows_of_tables.table_name
        ) as first_ingested_at
    from rows_of_tables
    inner join tenants
        on rows_of_tables.tenant_id = tenants.tenant_id
),

counted as (
    select
        loaded.tenant_id,
        loaded.source_system,
        loaded.table_name,
        loaded.date_day,
        count(*) as row_count,
        count(*) filter (where loaded.is_unmapped) as unmapped_count,
        count(*) filter (where loaded.ingested_at > loaded.first_ingested_at) as later_count,
        count(*) filter (where loaded.ingested_at > loaded.first_ingested_at and loaded.is_older_than_a_day) as late_count,
        count(closes.closed_at) as closed_count,
        count(*) filter (where loaded.ingested_at > closes.closed_at) as after_close_count
    from loaded
    left join closes
        on loaded.tenant_id = closes.tenant_id
        and {{ month_start('loaded.date_day') }} = closes.month
    group by
        loaded.tenant_id,
        loaded.source_system,
        loaded.table_name,
        loaded.date_day
),

named_tickets as (
    {%- for table_name in ['ticket_events', 'messages', 'satisfaction_responses', 'survey_sends', 'qa_reviews', 'handle_sessions'] %}
    select
        tenant_id,
        source_system,
        ticket_key,
        occurred_at
    from {{ ref('core__' ~ table_name) }}
    where
        ticket_key is not null
        and occurred_at <= {{ as_of_at() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

missing_tickets as (
    select
        named_tickets.tenant_id,
        named_tickets.source_system,
        named_tickets.ticket_key,
        min(named_tickets.occurred_at) as named_at
    from named_tickets
    left join {{ ref('core__tickets') }} as tickets
        on named_tickets.ticket_key = tickets.ticket_key
    where tickets.ticket_key is null
    group by
        named_tickets.tenant_id,
        named_tickets.source_system,
        named_tickets.ticket_key
),

refused_rows as (
    select distinct
        tenant_id,
        source_system,
        table_name,
        file_name,
        line_no,
        detected_at
    from {{ ref('quarantined_records') }}
    -- a line that is there and joins nobody is not missing
    where not (table_name = 'agent_identities' and line_no is null)
),

absent as (
    select
        missing_tickets.tenant_id,
        missing_tickets.source_system,
        'tickets' as table_name,
        cast({{ utc_to_local('missing_tickets.named_at', 'tenants.reporting_tz') }} as date) as date_day
    from missing_tickets
    inner join tenants
        on missing_tickets.tenant_id = tenants.tenant_id

    union all

    select
        refused_rows.tenant_id,
        refused_rows.source_system,
        refused_rows.table_name,
        cast({{ utc_to_local('refused_rows.detected_at', 'tenants.reporting_tz') }} as date)
    from refused_rows
    inner join tenants
        on refused_rows.tenant_id = tenants.tenant_id
),

compared as (
    select
        tenant_id,
        source_system,
        table_name,
        date_day,
        row_count as loaded_count,
        0 as absent_count
    from counted

    union all

    select
        tenant_id,
        source_system,
        table_name,
        date_day,
        0,
        1
    from absent
),

final as (
    {%- for check_name, numerator, denominator in [
        ('unmapped_rate', 'unmapped_count', 'row_count'),
        ('late_arrival_rate', 'late_count', 'later_count'),
        ('late_after_close', 'after_close_count', 'closed_count'),
    ] %}
    select
        tenant_id,
        source_system,
        table_name,
        date_day,
        '{{ check_name }}' as check_name,
        cast({{ numerator }} as decimal(18, 6)) as numerator,
        cast({{ denominator }} as decimal(18, 6)) as denominator
    from counted
    where {{ denominator }} > 0

    union all
    {% endfor %}
    select
        tenant_id,
        source_system,
        table_name,
        date_day,
        'load_completeness',
        cast(sum(loaded_count) as decimal(18, 6)),
        cast(sum(loaded_count + absent_count) as decimal(18, 6))
    from compared
    group by
        tenant_id,
        source_system,
        table_name,
        date_day
)

select * from final
