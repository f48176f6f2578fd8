with

source as (

    select * from {{ source('raw_edesk', 'messages') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as item_id,
        cast(ticket_id as varchar) as ticket_id,
        type as item_type,
        direction,
        {{ to_utc('created_at') }} as created_at,
        cast(from_user_id as varchar) as user_id,
        from_consumer_ref,
        status_word,
        body_hash,
        body_chars,
        is_thanks,
        has_errors,
        {{ to_utc('missing_since') }} as missing_since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
