with

orders as (

    select * from {{ ref('stg_ebay__orders') }}

),

-- An order says that it was cancelled; who asked for it stands in the cancellation.
cancellations as (

    select
        tenant_id,
        order_id,
        {{ min_by('requestor_type', 'requested_at') }} as requestor_type,
        {{ min_by('cancel_reason', 'requested_at') }} as cancel_reason,
        max(load_id) as load_id
    from {{ ref('stg_ebay__cancellations') }}
    group by tenant_id, order_id

),

final as (

    select
        orders.tenant_id,
        'ebay_api' as source_system,
        orders.order_id as source_id,
        orders.order_id,
        orders.marketplace_account_id,
        'ebay' as platform,
        orders.created_at as placed_at,
        case when orders.fulfilled_by = 'ebay' then 'afn' else 'mfn' end as fulfilment,
        orders.expected_ship_by,
        -- a search shows that an order was shipped, not when
        cast(null as timestamp) as ship_confirmed_at,
        orders.promised_delivery_by,
        cast(null as timestamp) as delivered_at,
        cast(null as timestamp) as tracking_uploaded_at,
        case when orders.fulfilment_count > orders.tracked_fulfilment_count then false end as tracking_valid,
        case when orders.cancel_state = 'canceled' then coalesce(orders.cancelled_at, orders.source_updated_at) end
            as cancelled_at,
        case
            when orders.cancel_state = 'canceled' and cancellations.requestor_type in ('buyer', 'seller')
                then cancellations.requestor_type
        end as cancelled_by,
        case when orders.cancel_state = 'canceled' then cancellations.cancel_reason end as cancel_reason,
        orders.unit_count as units,
        orders.total_amount as value,
        orders.currency,
        orders.created_at as occurred_at,
        orders.ingested_at,
        orders.source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("orders.row_hash || '|' || coalesce(cancellations.requestor_type, '')") }} as row_hash,
        greatest(orders.load_id, coalesce(cancellations.load_id, orders.load_id)) as load_id,
        case
            when cancellations.requestor_type not in ('buyer', 'seller') then 'requestor_type=' || cancellations.requestor_type
        end as unmapped_values
    from orders
    left join cancellations
        on orders.tenant_id = cancellations.tenant_id and orders.order_id = cancellations.order_id

)

select * from final
