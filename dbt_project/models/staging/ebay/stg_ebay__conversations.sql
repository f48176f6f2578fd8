with

source as (

    select * from {{ source('raw_ebay', 'conversations') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        conversation_id,
        seller_account as marketplace_account_id,
        lower(conversation_status) as status,
        {{ to_utc('created_date') }} as created_at,
        customer_ref,
        subject_hash,
        latest_message_id,
        {{ to_utc('latest_message_date') }} as latest_message_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
