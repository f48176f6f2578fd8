with

source as (

    select * from {{ source('raw_ebay', 'conversation_messages') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        message_id,
        conversation_id,
        seller_account as marketplace_account_id,
        {{ to_utc('created_date') }} as sent_at,
        is_from_seller,
        body_hash,
        body_chars,
        is_thanks,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
