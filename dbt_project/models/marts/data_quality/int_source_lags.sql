{{ config(schema='intermediate', access='protected', contract={'enforced': false}) }}

-- How far behind each source and table was at an instant (every month's snapshot, and now): the one rule behind freshness_lag, the
-- alert data_stale and source_freshness. An interface that was asked and had nothing new is not behind: its lag is the age of its
-- latest fact or of the last successful look, whichever is less. A look at a folder says nothing about the system behind its
-- files: they are behind when the source has been silent for longer than it uses to be, whenever they were read.
{%- set flowing = "'tickets', 'ticket_events', 'messages', 'orders', 'agent_time', 'handle_sessions', 'self_service_events'" %}
with months as (
    select * from {{ ref('int_kpi_months') }}
),

instants as (
    select
        tenant_id,
        snapshot_at
    from months
    union
    select
        tenant_id,
        {{ as_of_at() }} as snapshot_at
    from {{ ref('dim_tenants') }}
),

arrivals as (
    select * from {{ ref('int_load_arrivals') }}
),

looks as (
    select distinct
        arrivals.tenant_id,
        arrivals.connector,
        looks.looked_at
    from arrivals
    inner join {{ ref('int_source_looks') }} as looks on arrivals.connector = looks.connector
    union
    select
        tenant_id,
        connector,
        ingested_at as looked_at
    from arrivals
),

looked as (
    select
        instants.tenant_id,
        instants.snapshot_at,
        looks.connector,
        max(looks.looked_at) as looked_at
    from instants
    inner join looks
        on instants.tenant_id = looks.tenant_id
        and (instants.snapshot_at >= looks.looked_at or instants.snapshot_at = {{ as_of_at() }})
    group by
        instants.tenant_id,
        instants.snapshot_at,
        looks.connector
),

-- a table that files and an interface fill is as fresh as the interface
known as (
    select
        instants.tenant_id,
        instants.snapshot_at,
        arrivals.source_system,
        arrivals.table_name,
        coalesce(max(nullif(arrivals.connector, 'landing')), 'landing') as connector,
        sum(arrivals.row_count) as row_count,
        max(arrivals.latest_occurred_at) as latest_occurred_at,
        min(arrivals.ingested_at) as first_ingested_at,
        max(arrivals.ingested_at) as latest_ingested_at
    from instants
    inner join arrivals
        on instants.tenant_id = arrivals.tenant_id
        and (instants.snapshot_at >= arrivals.ingested_at or instants.snapshot_at = {{ as_of_at() }})
    group by
        instants.tenant_id,
        instants.snapshot_at,
        arrivals.source_system,
        arrivals.table_name
),

-- what a source's files say in one table excuses the others; without a fact that has passed, their delivery
heard as (
    select
        tenant_id,
        snapshot_at,
        source_system,
        least(coalesce(max(latest_occurred_at), max(latest_ingested_at)), snapshot_at) as heard_at,
        max(case when table_name in ({{ flowing }}) then 7 else 0 end) as flowing_days
    from known
    where connector = 'landing'
    group by
        tenant_id,
        snapshot_at,
        source_system
),

-- the longest silence of the three months before it fell silent; a week for the daily business, a month for what people fill in
expected as (
    select
        heard.tenant_id,
        heard.snapshot_at,
        heard.source_system,
        heard.heard_at,
        86400 * greatest(
            case when heard.flowing_days > 0 then heard.flowing_days else 31 end,
            least(coalesce(max(days.quiet_days), 0), 92)
        ) as expected_quiet_s
    from heard
    left join {{ ref('int_source_fact_days') }} as days
        on heard.tenant_id = days.tenant_id
        and heard.source_system = days.source_system
        and days.fact_day <= cast(heard.heard_at as date)
        and days.fact_day > {{ dbt.dateadd('day', -92, 'cast(heard.heard_at as date)') }}
    group by
        heard.tenant_id,
        heard.snapshot_at,
        heard.source_system,
        heard.heard_at,
        heard.flowing_days
),

counting as (
    select
        known.*,
        looked.looked_at,
        case when known.connector = 'landing' then expected.expected_quiet_s end as expected_quiet_s,
        case
            when known.connector = 'landing' then {{ add_seconds('expected.heard_at', 'expected.expected_quiet_s') }}
            else greatest(coalesce(known.latest_occurred_at, looked.looked_at), looked.looked_at)
        end as behind_since_at
    from known
    inner join looked
        on known.tenant_id = looked.tenant_id
        and known.snapshot_at = looked.snapshot_at
        and known.connector = looked.connector
    left join expected
        on known.tenant_id = expected.tenant_id
        and known.snapshot_at = expected.snapshot_at
        and known.source_system = expected.source_system
),

final as (
    select
        *,
        {{ seconds_between('latest_occurred_at', 'snapshot_at') }} as fact_lag_s,
        {{ seconds_between('latest_ingested_at', 'snapshot_at') }} as load_lag_s,
        {{ seconds_between('looked_at', 'snapshot_at') }} as look_lag_s,
        greatest({{ seconds_between('behind_since_at', 'snapshot_at') }}, 0) as lag_s
    from counting
)

select * from final
