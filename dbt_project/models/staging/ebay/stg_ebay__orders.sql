with

source as (

    select * from {{ source('raw_ebay', 'orders') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        order_id,
        seller_account as marketplace_account_id,
        listing_marketplace_id,
        {{ to_utc('creation_date') }} as created_at,
        {{ to_utc('last_modified_date') }} as source_updated_at,
        lower(order_fulfillment_status) as fulfilment_status,
        lower(order_payment_status) as payment_status,
        lower(cancel_status__cancel_state) as cancel_state,
        {{ to_utc('cancel_status__cancelled_date') }} as cancelled_at,
        {{ to_utc('ship_by_date') }} as expected_ship_by,
        {{ to_utc('max_estimated_delivery_date') }} as promised_delivery_by,
        cast(pricing_summary__total_value as decimal(18, 6)) as total_amount,
        pricing_summary__total_currency as currency,
        quantity as unit_count,
        fulfillment_count as fulfilment_count,
        tracked_fulfillment_count as tracked_fulfilment_count,
        lower(program__fulfilled_by) as fulfilled_by,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
