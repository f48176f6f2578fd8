with

orders as (

    select * from {{ ref('amazon__orders') }}

),

feedback as (

    select * from {{ ref('stg_amazon__seller_feedback') }}
    where rating <= 2 and feedback_date is not null

),

unioned as (

    select
        tenant_id,
        'feedback|' || marketplace_id || '|' || order_id as defect_id,
        order_id,
        'negative_feedback' as defect_type,
        cast(feedback_date as timestamp) as opened_at,
        removed_at as closed_at,
        case when removed_at is not null then 'removed' end as outcome,
        removed_at is null as counts_against_seller,
        ingested_at,
        removed_at as source_updated_at,
        row_hash,
        load_id
    from feedback
    union all
    select
        tenant_id,
        'cancel|' || order_id as defect_id,
        order_id,
        'seller_cancel' as defect_type,
        cancelled_at as opened_at,
        cancelled_at as closed_at,
        cast(null as varchar) as outcome,
        true as counts_against_seller,
        ingested_at,
        source_updated_at,
        row_hash,
        load_id
    from orders
    where cancelled_by = 'seller' and cancelled_at is not null
    union all
    -- the confirmation counts, not the carrier's scan
    select
        tenant_id,
        'late|' || order_id as defect_id,
        order_id,
        'late_shipment' as defect_type,
        expected_ship_by as opened_at,
        ship_confirmed_at as closed_at,
        cast(null as varchar) as outcome,
        true as counts_against_seller,
        ingested_at,
        source_updated_at,
        row_hash,
        load_id
    from orders
    where fulfilment = 'mfn' and ship_confirmed_at > expected_ship_by

),

final as (

    select
        tenant_id,
        'amazon_sp' as source_system,
        defect_id as source_id,
        defect_id,
        order_id,
        defect_type,
        opened_at,
        cast(null as timestamp) as respond_by,
        cast(null as timestamp) as responded_at,
        closed_at,
        outcome,
        counts_against_seller,
        opened_at as occurred_at,
        ingested_at,
        source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("row_hash || '|' || defect_type") }} as row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from unioned

)

select * from final
