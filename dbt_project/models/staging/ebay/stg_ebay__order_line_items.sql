with

source as (

    select * from {{ source('raw_ebay', 'order_line_items') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        line_item_id,
        order_id,
        legacy_item_id,
        sku,
        quantity as unit_count,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
