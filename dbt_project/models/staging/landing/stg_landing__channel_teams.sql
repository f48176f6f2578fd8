with

source as (

    select * from {{ source('raw_landing', 'channel_teams') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        channel_id,
        {{ to_utc('valid_from') }} as valid_from,
        team_id,
        {{ to_utc('valid_to') }} as valid_to,
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
