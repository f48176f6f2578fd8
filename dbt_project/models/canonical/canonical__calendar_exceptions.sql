with

unioned as (

    select
        tenant_id,
        source_system,
        source_id,
        calendar_id,
        date,
        opens,
        is_open,
        closes,
        label,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'landing' as origin
    from {{ ref('stg_landing__calendar_exceptions') }}

    union all

    select
        tenant_id,
        source_system,
        source_id,
        calendar_id,
        date,
        opens,
        is_open,
        closes,
        label,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'vendor' as origin
    from {{ ref('map_zendesk__calendar_exceptions') }}

),

chosen as (

    -- exceptions follow the origin of their calendar
    select
        unioned.*
    from unioned
    inner join {{ ref('canonical__business_calendars') }} as chosen
        on unioned.tenant_id = chosen.tenant_id
            and unioned.calendar_id = chosen.calendar_id
            and unioned.origin = chosen.origin

)

select * from chosen
