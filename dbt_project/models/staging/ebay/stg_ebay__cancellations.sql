with

source as (

    select * from {{ source('raw_ebay', 'cancellations') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cancel_id,
        seller_account as marketplace_account_id,
        order_id,
        lower(requestor_type) as requestor_type,
        lower(cancel_reason) as cancel_reason,
        lower(cancel_state) as cancel_state,
        lower(cancel_status) as cancel_status,
        {{ to_utc('cancel_request_date') }} as requested_at,
        {{ to_utc('cancel_close_date') }} as closed_at,
        {{ to_utc('last_modified_date') }} as source_updated_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
