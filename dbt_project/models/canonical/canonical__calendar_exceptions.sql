{% set columns %}
    tenant_id, source_system, source_id, calendar_id, date, opens, is_open, closes, label, occurred_at, ingested_at,
    source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin from {{ ref('stg_landing__calendar_exceptions') }}
    union all
    select {{ columns }}, 'vendor' as origin from {{ ref('map_zendesk__calendar_exceptions') }}
    union all
    select
        tenants.tenant_id,
        'seed' as source_system,
        coalesce(cast(defaults.calendar_id as varchar), '')
        || '|'
        || coalesce(cast(defaults.date as varchar), '')
        || '|'
        || coalesce(cast(defaults.opens as varchar), '') as source_id,
        cast(defaults.calendar_id as varchar) as calendar_id,
        cast(defaults.date as date) as date,
        cast(defaults.opens as varchar) as opens,
        cast(defaults.is_open as boolean) as is_open,
        cast(defaults.closes as varchar) as closes,
        cast(defaults.label as varchar) as label,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        cast(null as varchar) as row_hash,
        cast(null as varchar) as load_id,
        cast(null as varchar) as unmapped_values,
        'seed' as origin
    from {{ ref('seed_calendar_exceptions') }} as defaults
    inner join {{ ref('canonical__tenants') }} as tenants
        on defaults.tenant_id in ('*', tenants.tenant_id)

),

chosen as (

    -- exceptions follow the origin of their calendar
    select unioned.*
    from unioned
    inner join {{ ref('canonical__business_calendars') }} as chosen
        on unioned.tenant_id = chosen.tenant_id
        and unioned.calendar_id = chosen.calendar_id
        and unioned.origin = chosen.origin

)

select * from chosen
