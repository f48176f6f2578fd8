with

source as (

    select * from {{ source('raw_edesk', 'tickets') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as ticket_id,
        cast(channel_id as varchar) as vendor_channel_id,
        status,
        cast(owner_user_id as varchar) as assignee_id,
        {{ to_utc('created_at') }} as created_at,
        {{ to_utc('last_updated_at') }} as last_updated_at,
        seller_order_id as order_id,
        contact_ref,
        subject_hash,
        custom_fields,
        tags_ids,
        messages_ids,
        {{ to_utc('missing_since') }} as missing_since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
