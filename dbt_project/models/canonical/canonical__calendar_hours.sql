{% set columns %}
    tenant_id, source_system, source_id, calendar_id, weekday, opens, valid_from, closes, valid_to, occurred_at,
    ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin from {{ ref('stg_landing__calendar_hours') }}
    union all
    select {{ columns }}, 'vendor' as origin from {{ ref('map_zendesk__calendar_hours') }}
    union all
    select
        tenants.tenant_id,
        'seed' as source_system,
        coalesce(cast(defaults.calendar_id as varchar), '')
        || '|'
        || coalesce(cast(defaults.weekday as varchar), '')
        || '|'
        || coalesce(cast(defaults.opens as varchar), '')
        || '|'
        || coalesce(cast(defaults.valid_from as varchar), '') as source_id,
        cast(defaults.calendar_id as varchar) as calendar_id,
        cast(defaults.weekday as bigint) as weekday,
        cast(defaults.opens as varchar) as opens,
        cast(defaults.valid_from as date) as valid_from,
        cast(defaults.closes as varchar) as closes,
        cast(defaults.valid_to as date) as valid_to,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        cast(null as varchar) as row_hash,
        cast(null as varchar) as load_id,
        cast(null as varchar) as unmapped_values,
        'seed' as origin
    from {{ ref('seed_calendar_hours') }} as defaults
    inner join {{ ref('canonical__tenants') }} as tenants
        on defaults.tenant_id in ('*', tenants.tenant_id)

),

chosen as (

    -- hours follow the origin of their calendar
    select unioned.*
    from unioned
    inner join {{ ref('canonical__business_calendars') }} as chosen
        on unioned.tenant_id = chosen.tenant_id
        and unioned.calendar_id = chosen.calendar_id
        and unioned.origin = chosen.origin

)

select * from chosen
