with

metrics as (

    select * from {{ ref('amazon__health_metrics') }}
    where
        rate is not null
        or violation_count is not null
        or vendor_metric in ('warningStates', 'accountHealthRating')

),

named as (

    select
        *,
        case vendor_metric
            when 'orderDefectRate' then 'amz_odr'
            when 'lateShipmentRate' then 'amz_lsr'
            when 'preFulfillmentCancellationRate' then 'amz_cancel_rate'
            when 'validTrackingRate' then 'amz_vtr'
            when 'unitOnTimeDeliveryRate' then 'amz_otdr'
            when 'onTimeDeliveryRate' then 'amz_otdr_shipments'
            when 'invoiceDefectRate' then 'amz_invoice_defect_rate'
            when 'warningStates' then 'amz_warning_state'
            when 'accountHealthRating' then 'amz_account_health_rating'
            -- whatever else the vendor publishes with a rate keeps the vendor's name
            else case when violation_count is not null then 'amz_policy_violations' else vendor_metric end
        end as metric,
        case
            when vendor_metric = 'warningStates' then 'warning'
            when violation_count is not null then 'policy'
        end as dimension_key,
        case
            when vendor_metric = 'warningStates' then part
            when violation_count is not null then vendor_metric
        end as dimension_value,
        case
            when part in ('mfn', 'afn') then part
            when rate is not null and vendor_metric != 'invoiceDefectRate' then 'mfn'
        end as fulfilment
    from metrics

),

-- The order defect rate carries counts of its parts; they overlap and never add up to it.
parts as (

    select
        named.tenant_id,
        named.report_id,
        named.marketplace_id,
        named.captured_at,
        part_names.metric,
        named.fulfilment,
        named.window_from,
        named.window_to,
        case part_names.metric when 'amz_atoz_rate' then named.claim_count else named.negative_feedback_count end as numerator,
        named.order_count as denominator,
        named.row_hash,
        named.ingested_at,
        named.load_id
    from named
    cross join (values ('amz_atoz_rate'), ('amz_negative_feedback_rate')) as part_names (metric)
    where named.metric = 'amz_odr'

),

unioned as (

    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        metric,
        fulfilment,
        dimension_key,
        dimension_value,
        window_from,
        window_to,
        numerator,
        denominator,
        rate,
        target_value,
        target_condition,
        status,
        row_hash,
        ingested_at,
        load_id
    from named
    union all
    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        metric,
        fulfilment,
        cast(null as varchar) as dimension_key,
        cast(null as varchar) as dimension_value,
        window_from,
        window_to,
        numerator,
        denominator,
        cast(numerator / nullif(denominator, 0) as decimal(18, 6)) as rate,
        cast(null as decimal(18, 6)) as target_value,
        cast(null as varchar) as target_condition,
        'none' as status,
        row_hash,
        ingested_at,
        load_id
    from parts
    where numerator is not null

)

select * from unioned
