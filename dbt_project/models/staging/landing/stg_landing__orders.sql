with

source as (

    select * from {{ source('raw_landing', 'orders') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        order_id,
        marketplace_account_id,
        platform,
        {{ to_utc('placed_at') }} as placed_at,
        fulfilment,
        {{ to_utc('expected_ship_by') }} as expected_ship_by,
        {{ to_utc('ship_confirmed_at') }} as ship_confirmed_at,
        {{ to_utc('promised_delivery_by') }} as promised_delivery_by,
        {{ to_utc('delivered_at') }} as delivered_at,
        {{ to_utc('tracking_uploaded_at') }} as tracking_uploaded_at,
        tracking_valid,
        {{ to_utc('cancelled_at') }} as cancelled_at,
        cancelled_by,
        cancel_reason,
        units,
        value,
        currency,
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
