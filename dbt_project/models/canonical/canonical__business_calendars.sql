with

unioned as (

    select
        tenant_id,
        source_system,
        source_id,
        calendar_id,
        tz,
        name,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'landing' as origin,
        1 as origin_rank
    from {{ ref('stg_landing__business_calendars') }}

    union all

    select
        tenant_id,
        source_system,
        source_id,
        calendar_id,
        tz,
        name,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'vendor' as origin,
        2 as origin_rank
    from {{ ref('map_zendesk__business_calendars') }}

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, calendar_id) as best_rank
    from unioned

),

keyed as (

    select
        tenant_id,
        source_system,
        source_id,
        calendar_id,
        tz,
        name,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
