{#- Requests of buyers after an order: eBay tells cases, inquiries and returns with the same fields, each with an id of its own. -#}
{% macro ebay_buyer_requests(table, id) %}
with

source as (

    select * from {{ source('raw_ebay', table) }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        {{ id }},
        seller_account as marketplace_account_id,
        lower(status) as status,
        lower(reason_type) as reason_type,
        item_id,
        transaction_id,
        {{ to_utc('creation_date') }} as created_at,
        {{ to_utc('respond_by_date') }} as respond_by,
        {{ to_utc('last_modified_date') }} as source_updated_at,
        {{ to_utc('seller_responded_at') }} as responded_at,
        {{ to_utc('closed_at') }} as closed_at,
        lower(close_reason) as close_reason,
        escalated_case_id,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
{% endmacro %}
