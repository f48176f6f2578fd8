with

source as (

    select * from {{ source('raw_amazon', 'seller_feedback') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        marketplace_id,
        order_id,
        -- a text that is no date is unreadable, not a reason to publish nothing: stg_amazon__quarantined_records names it
        {{ date_or_null('feedback_date') }} as feedback_date,
        rating,
        {{ to_utc('removed_at') }} as removed_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
