{{ config(materialized=step()) }}

-- Months of which a KPI's sources do not tell the whole (catalogue §10.2): the log of one begins in the month, no log has begun yet, or
-- one is silent since.
-- A log begins with the first day of a table of daily business, else with the first of its source; it was whole from the first of the
-- month on when the source was quiet no longer before than it uses to be. A source that is behind is missed for three months;
-- after that it has ended, and others go on without it.
-- Grain: tenant, KPI and month, only where there is something to say.

with

first_days as (

    {% for table_name in logged_tables() -%}
    select
        tenant_id,
        source_system,
        '{{ table_name }}' as table_name,
        min(occurred_at) as known_from_at
    from {{ ref('core__' ~ table_name) }}
    where occurred_at <= {{ as_of_at() }}
    group by tenant_id, source_system
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

begun as (

    select
        tenant_id,
        source_system,
        table_name,
        case
            when table_name in ('{{ daily_tables() | join("', '") }}') then known_from_at
            else min(known_from_at) over (partition by tenant_id, source_system)
        end as known_from_at
    from first_days

),

usual as (

    select
        tenant_id,
        source_system,
        fact_day,
        quiet_days,
        min(fact_day) over (partition by tenant_id, source_system) as first_day
    from {{ ref('int_source_fact_days') }}

),

quiet as (

    select
        tenant_id,
        source_system,
        greatest(coalesce(max(quiet_days), 0), 1) as quiet_days
    from usual
    where fact_day < {{ dbt.dateadd('day', 92, 'first_day') }}
    group by tenant_id, source_system

),

behind as (

    select
        tenant_id,
        source_system,
        table_name,
        behind_since_at
    from {{ ref('source_freshness') }}
    where freshness_status = 'red'

),

logs as (

    select
        begun.tenant_id,
        begun.source_system,
        begun.table_name,
        cast({{ utc_to_local('begun.known_from_at', 'tenants.reporting_tz') }} as date) as known_from_day,
        coalesce(quiet.quiet_days, 1) as quiet_days,
        cast({{ utc_to_local('behind.behind_since_at', 'tenants.reporting_tz') }} as date) as known_to_day,
        begun.known_from_at = min(begun.known_from_at) over (partition by begun.tenant_id, begun.table_name) as is_first
    from begun
    inner join {{ ref('dim_tenants') }} as tenants on begun.tenant_id = tenants.tenant_id
    left join quiet
        on
        begun.tenant_id = quiet.tenant_id
        and begun.source_system = quiet.source_system
    left join behind
        on
        begun.tenant_id = behind.tenant_id
        and begun.source_system = behind.source_system
        and begun.table_name = behind.table_name

),

parts as (

    select
        logs.tenant_id,
        logs.source_system,
        logs.table_name,
        months.month,
        logs.known_from_day,
        -- of a month in which the log began it says nothing that the source fell silent later
        case
            when logs.known_to_day < months.snapshot_day and months.month <= {{ dbt.dateadd('day', 92, 'logs.known_to_day') }}
                then logs.known_to_day
        end as known_to_day,
        -- before its beginning nothing was told, unless another source told of the month
        case
            when logs.known_from_day > months.snapshot_day then logs.is_first
            else {{ dbt.datediff('months.month', 'logs.known_from_day', 'day') }} >= logs.quiet_days
        end as is_beginning
    from logs
    inner join {{ ref('int_kpi_months') }} as months on logs.tenant_id = months.tenant_id

),

needed as (

    {% for input, table_name in kpi_input_logs().items() -%}
    select
        kpi_id,
        '{{ table_name }}' as table_name
    from {{ ref('seed_kpi_definitions') }}
    where '|' || required_input || '|' like '%|{{ input }}|%'
    {{ 'union' if not loop.last }}
    {% endfor %}

),

told as (

    select
        parts.tenant_id,
        needed.kpi_id,
        parts.month,
        parts.source_system,
        case when parts.is_beginning then parts.known_from_day end as known_from_day,
        parts.known_to_day
    from parts
    inner join needed on parts.table_name = needed.table_name
    where parts.is_beginning or parts.known_to_day is not null

),

final as (

    select
        tenant_id,
        kpi_id,
        month,
        case
            when max(known_from_day) is not null
                then
                    'known only from ' || cast(max(known_from_day) as varchar) || ' on ('
                    || {{ max_by('source_system', "cast(known_from_day as varchar) || source_system") }} || ')'
            else
                'known only up to ' || cast(min(known_to_day) as varchar) || ' ('
                || {{ min_by('source_system', "cast(known_to_day as varchar) || source_system") }} || ')'
        end as reason
    from told
    group by tenant_id, kpi_id, month

)

select * from final
