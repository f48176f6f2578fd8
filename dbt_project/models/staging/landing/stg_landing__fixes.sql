with

source as (

    select * from {{ source('raw_landing', 'fixes') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        fix_id,
        map_id,
        started_on,
        live_on,
        owner,
        status,
        expected_contact_rate_change,
        {{ to_utc('occurred_at') }} as occurred_at,
        {{ to_utc('ingested_at') }} as ingested_at,
        {{ to_utc('source_updated_at') }} as source_updated_at,
        is_deleted_in_source,
        row_hash,
        _dlt_load_id as load_id,
        cast(null as varchar) as unmapped_values
    from source

)

select * from renamed
