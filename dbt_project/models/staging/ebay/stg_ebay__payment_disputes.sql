with

source as (

    select * from {{ source('raw_ebay', 'payment_disputes') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        payment_dispute_id,
        seller_account as marketplace_account_id,
        order_id,
        lower(payment_dispute_status) as status,
        lower(reason) as reason,
        {{ to_utc('open_date') }} as opened_at,
        {{ to_utc('respond_by_date') }} as respond_by,
        {{ to_utc('closed_date') }} as closed_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
