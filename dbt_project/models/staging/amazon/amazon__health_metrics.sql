with

snapshots as (

    select * from {{ ref('stg_amazon__account_health') }}

),

listed as (

    select
        snapshots.tenant_id,
        snapshots.report_id,
        snapshots.marketplace_id,
        snapshots.captured_at,
        snapshots.row_hash,
        snapshots.ingested_at,
        snapshots.load_id,
        metric.*
    from snapshots
    cross join lateral {{ json_rows('snapshots.metric_list', {
        'name': 'text', 'part': 'text', 'status': 'text', 'window_from': 'text', 'window_to': 'text', 'rate': 'text',
        'target_value': 'text', 'target_condition': 'text', 'order_count': 'text', 'orders_with_defects': 'text',
        'claims': 'text', 'negative_feedback': 'text', 'late_shipment_count': 'text', 'cancellation_count': 'text',
        'shipment_count': 'text', 'valid_tracking_count': 'text', 'shipment_count_with_valid_tracking': 'text',
        'on_time_delivery_count': 'text', 'total_unit_count': 'text', 'unit_on_time_delivery_count': 'text',
        'invoice_defect': 'text', 'defects_count': 'text',
    }) }} as metric

),

typed as (

    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        -- the vendor's schema and the vendor's own example spell some names differently; both arrive
        case name
            when 'prefulfillmentCancelRate' then 'preFulfillmentCancellationRate'
            when 'warningState' then 'warningStates'
            when 'documentRequest' then 'documentRequests'
            else name
        end as vendor_metric,
        part,
        lower(status) as status,
        {{ date_or_null('substr(window_from, 1, 10)') }} as window_from,
        {{ date_or_null('substr(window_to, 1, 10)') }} as window_to,
        {{ decimal_or_null('rate') }} as rate,
        {{ decimal_or_null('target_value') }} as target_value,
        lower(target_condition) as target_condition,
        {{ decimal_or_null('order_count') }} as order_count,
        {{ decimal_or_null('claims') }} as claim_count,
        {{ decimal_or_null('negative_feedback') }} as negative_feedback_count,
        {{ decimal_or_null('defects_count') }} as violation_count,
        cast(coalesce(
            orders_with_defects, late_shipment_count, cancellation_count, valid_tracking_count,
            unit_on_time_delivery_count, on_time_delivery_count, invoice_defect, defects_count
        ) as decimal(18, 6)) as numerator,
        cast(coalesce(
            shipment_count, total_unit_count, shipment_count_with_valid_tracking, order_count
        ) as decimal(18, 6)) as denominator,
        row_hash,
        ingested_at,
        load_id
    from listed

)

select * from typed
