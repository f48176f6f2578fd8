with

metrics as (

    select * from {{ ref('prep_amazon__health_metrics') }}

),

statuses as (

    select * from {{ ref('stg_amazon__account_health') }}
    where account_status is not null

),

-- One published metric gives one canonical metric, except that the order defect rate also carries its parts.
chosen as (

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
            else 'amz_policy_violations'
        end as metric,
        case
            when vendor_metric = 'warningStates' then 'warning'
            when violation_count is not null then 'policy'
        end as dimension_key,
        case when vendor_metric = 'warningStates' then part when violation_count is not null then vendor_metric end
            as dimension_value,
        case
            when part in ('mfn', 'afn') then part
            when rate is not null and vendor_metric != 'invoiceDefectRate' then 'mfn'
        end as fulfilment
    from metrics
    where rate is not null or violation_count is not null or vendor_metric in ('warningStates', 'accountHealthRating')

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
    from chosen
    union all
    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        'amz_atoz_rate',
        fulfilment,
        null,
        null,
        window_from,
        window_to,
        claim_count,
        order_count,
        cast(claim_count / nullif(order_count, 0) as decimal(18, 6)),
        null,
        null,
        'none',
        row_hash,
        ingested_at,
        load_id
    from chosen
    where metric = 'amz_odr' and claim_count is not null
    union all
    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        'amz_negative_feedback_rate',
        fulfilment,
        null,
        null,
        window_from,
        window_to,
        negative_feedback_count,
        order_count,
        cast(negative_feedback_count / nullif(order_count, 0) as decimal(18, 6)),
        null,
        null,
        'none',
        row_hash,
        ingested_at,
        load_id
    from chosen
    where metric = 'amz_odr' and negative_feedback_count is not null
    union all
    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        'amz_account_status',
        null,
        null,
        null,
        cast(captured_at as date),
        cast(captured_at as date),
        null,
        null,
        null,
        null,
        null,
        case account_status when 'suspended' then 'deactivated' else account_status end,
        row_hash,
        ingested_at,
        load_id
    from statuses

),

final as (

    select
        unioned.tenant_id,
        'amazon_sp' as source_system,
        unioned.report_id as source_id,
        unioned.report_id || '|' || unioned.marketplace_id || '|' || unioned.metric || '|' || coalesce(unioned.fulfilment, '')
        || '|' || coalesce(unioned.dimension_value, '') as snapshot_id,
        coalesce(accounts.marketplace_account_id, unioned.marketplace_id) as marketplace_account_id,
        unioned.metric,
        cast(null as varchar) as program,
        'current' as evaluation,
        unioned.fulfilment,
        unioned.dimension_key,
        unioned.dimension_value,
        coalesce(unioned.window_from, cast(unioned.captured_at as date)) as window_from,
        coalesce(unioned.window_to, cast(unioned.captured_at as date)) as window_to,
        unioned.numerator,
        unioned.denominator,
        unioned.rate,
        unioned.target_value,
        unioned.target_condition,
        coalesce(unioned.status, 'unknown') as published_status,
        unioned.captured_at,
        unioned.captured_at as occurred_at,
        unioned.ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("unioned.row_hash || '|' || unioned.metric || '|' || coalesce(unioned.dimension_value, '')") }} as row_hash,
        unioned.load_id,
        case
            when coalesce(unioned.status, 'unknown') not in (
                'good', 'fair', 'bad', 'none', 'great', 'warned', 'normal', 'at_risk', 'deactivated', 'unknown'
            ) then 'status=' || unioned.status
        end as unmapped_values
    from unioned
    left join {{ ref('prep_amazon__accounts') }} as accounts
        on unioned.tenant_id = accounts.tenant_id and unioned.marketplace_id = accounts.marketplace_id

)

select * from final
