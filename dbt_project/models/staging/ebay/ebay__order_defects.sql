with

requests as (

    select * from {{ ref('ebay__requests') }}

),

disputes as (

    select * from {{ ref('stg_ebay__payment_disputes') }}

),

orders as (

    select * from {{ ref('ebay__orders') }}

),

unioned as (

    select
        tenant_id,
        defect_type || '|' || request_id as defect_id,
        order_id,
        defect_type,
        created_at as opened_at,
        respond_by,
        responded_at,
        closed_at,
        outcome,
        -- every opened request counts in the service metric; an escalated case only when the buyer was right
        defect_type != 'case_closed_without_resolution' or outcome = 'granted' as counts_against_seller,
        ingested_at,
        source_updated_at,
        row_hash,
        load_id,
        case when outcome is null then 'status=' || status end as unmapped_values
    from requests
    union all
    select
        tenant_id,
        'chargeback|' || payment_dispute_id as defect_id,
        order_id,
        'chargeback' as defect_type,
        opened_at,
        respond_by,
        cast(null as timestamp) as responded_at,
        closed_at,
        -- the summary does not tell who won
        case when closed_at is null then 'pending' end as outcome,
        cast(null as boolean) as counts_against_seller,
        ingested_at,
        closed_at as source_updated_at,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from disputes
    union all
    select
        tenant_id,
        'cancel|' || order_id as defect_id,
        order_id,
        'seller_cancel' as defect_type,
        cancelled_at as opened_at,
        cast(null as timestamp) as respond_by,
        cast(null as timestamp) as responded_at,
        cancelled_at as closed_at,
        cast(null as varchar) as outcome,
        true as counts_against_seller,
        ingested_at,
        source_updated_at,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from orders
    where cancelled_by = 'seller' and cancelled_at is not null

),

final as (

    select
        tenant_id,
        'ebay_api' as source_system,
        defect_id as source_id,
        defect_id,
        order_id,
        defect_type,
        opened_at,
        respond_by,
        responded_at,
        closed_at,
        outcome,
        counts_against_seller,
        opened_at as occurred_at,
        ingested_at,
        source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("row_hash || '|' || defect_type") }} as row_hash,
        load_id,
        unmapped_values
    from unioned

)

select * from final
