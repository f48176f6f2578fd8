with

source as (

    select * from {{ source('raw_amazon', 'orders') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        order_id,
        {{ to_utc('created_time') }} as placed_at,
        {{ to_utc('last_updated_time') }} as source_updated_at,
        lower(sales_channel__channel_name) as channel_name,
        sales_channel__marketplace_id as marketplace_id,
        lower(fulfillment__fulfillment_status) as fulfilment_status,
        lower(fulfillment__fulfilled_by) as fulfilled_by,
        {{ to_utc('fulfillment__ship_by_latest') }} as expected_ship_by,
        {{ to_utc('fulfillment__deliver_by_latest') }} as promised_delivery_by,
        cast(proceeds__grand_total_amount as decimal(18, 6)) as total_amount,
        proceeds__grand_total_currency as currency,
        quantity_ordered as unit_count,
        lower(cancelled_by) as cancelled_by,
        lower(cancel_reason) as cancel_reason,
        package_count,
        {{ to_utc('first_ship_time') }} as first_shipped_at,
        {{ to_utc('last_ship_time') }} as last_shipped_at,
        {{ to_utc('first_tracking_time') }} as tracking_uploaded_at,
        tracked_package_count,
        package_statuses,
        programs,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
