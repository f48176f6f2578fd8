with

orders as (

    select * from {{ ref('stg_amazon__orders') }}

),

accounts as (

    select * from {{ ref('amazon__accounts') }}

),

final as (

    select
        orders.tenant_id,
        'amazon_sp' as source_system,
        orders.order_id as source_id,
        orders.order_id,
        coalesce(accounts.marketplace_account_id, orders.marketplace_id) as marketplace_account_id,
        'amazon' as platform,
        orders.placed_at,
        case orders.fulfilled_by when 'amazon' then 'afn' else 'mfn' end as fulfilment,
        orders.expected_ship_by,
        -- confirmed when the last parcel is; parcels of the platform's own warehouse are not shown
        case when orders.fulfilment_status = 'shipped' then orders.last_shipped_at end as ship_confirmed_at,
        orders.promised_delivery_by,
        cast(null as timestamp) as delivered_at,
        orders.tracking_uploaded_at,
        case
            when orders.package_count = 0 then null
            when orders.tracked_package_count < orders.package_count then false
            when coalesce(orders.package_statuses, '') like '%IN_TRANSIT%' then true
            when coalesce(orders.package_statuses, '') like '%DELIVERED%' then true
        end as tracking_valid,
        -- the vendor gives no instant of cancellation; it is the last thing that happens to an order
        case when orders.fulfilment_status = 'cancelled' then orders.source_updated_at end as cancelled_at,
        case orders.cancelled_by when 'merchant' then 'seller' when 'buyer' then 'buyer' when 'amazon' then 'platform' end
            as cancelled_by,
        orders.cancel_reason,
        orders.unit_count as units,
        orders.total_amount as value,
        orders.currency,
        orders.placed_at as occurred_at,
        orders.ingested_at,
        orders.source_updated_at,
        false as is_deleted_in_source,
        orders.row_hash,
        greatest(orders.load_id, coalesce(accounts.load_id, orders.load_id)) as load_id,
        case
            when orders.cancelled_by not in ('merchant', 'buyer', 'amazon') then 'cancelled_by=' || orders.cancelled_by
            when orders.fulfilled_by not in ('amazon', 'merchant') then 'fulfilled_by=' || orders.fulfilled_by
        end as unmapped_values
    from orders
    left join accounts
        on orders.tenant_id = accounts.tenant_id and orders.marketplace_id = accounts.marketplace_id

)

select * from final
