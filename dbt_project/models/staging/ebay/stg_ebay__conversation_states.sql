with

source as (

    select * from {{ source('raw_ebay', 'conversation_states') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        conversation_id,
        {{ to_utc('seen_at') }} as seen_at,
        {{ to_utc('previous_seen_at') }} as previous_seen_at,
        lower(conversation_status) as status,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
