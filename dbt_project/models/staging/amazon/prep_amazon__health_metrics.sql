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
        'name': 'text', 'part': 'text', 'status': 'text', 'windowFrom': 'text', 'windowTo': 'text', 'rate': 'text',
        'targetValue': 'text', 'targetCondition': 'text', 'orderCount': 'text', 'orderWithDefects': 'text',
        'claims': 'text', 'negativeFeedback': 'text', 'lateShipmentCount': 'text', 'cancellationCount': 'text',
        'shipmentCount': 'text', 'validTrackingCount': 'text', 'shipmentCountWithValidTracking': 'text',
        'onTimeDeliveryCount': 'text', 'totalUnitCount': 'text', 'unitOnTimeDeliveryCount': 'text',
        'invoiceDefect': 'text', 'defectsCount': 'text',
    }) }} as metric

),

-- The vendor's schema and the vendor's own example spell some names differently; both arrive.
respelt as (

    select
        *,
        case name
            when 'prefulfillmentCancelRate' then 'preFulfillmentCancellationRate'
            when 'warningState' then 'warningStates'
            when 'documentRequest' then 'documentRequests'
            else name
        end as vendor_metric
    from listed

),

typed as (

    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        vendor_metric,
        part,
        lower(status) as status,
        cast(substr(windowfrom, 1, 10) as date) as window_from,
        cast(substr(windowto, 1, 10) as date) as window_to,
        cast({{ as_double('rate') }} as decimal(18, 6)) as rate,
        cast({{ as_double('"targetValue"') }} as decimal(18, 6)) as target_value,
        lower(targetcondition) as target_condition,
        cast(ordercount as decimal(18, 6)) as order_count,
        cast(orderwithdefects as decimal(18, 6)) as defect_order_count,
        cast(claims as decimal(18, 6)) as claim_count,
        cast(negativefeedback as decimal(18, 6)) as negative_feedback_count,
        cast(defectscount as decimal(18, 6)) as violation_count,
        cast(coalesce(
            orderwithdefects, lateshipmentcount, cancellationcount, validtrackingcount, unitontimedeliverycount,
            ontimedeliverycount, invoicedefect, defectscount
        ) as decimal(18, 6)) as numerator,
        cast(coalesce(
            shipmentcount, totalunitcount, shipmentcountwithvalidtracking, ordercount
        ) as decimal(18, 6)) as denominator,
        row_hash,
        ingested_at,
        load_id
    from respelt

)

select * from typed
