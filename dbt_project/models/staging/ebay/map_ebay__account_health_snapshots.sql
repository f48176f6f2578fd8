with

standards as (

    select
        *,
        case vendor_metric
            when 'DEFECTIVE_TRANSACTION_RATE' then 'ebay_tdr'
            when 'CLAIMS_SAF_RATE' then 'ebay_ccwsr'
            when 'SHIPPING_MISS_RATE' then 'ebay_late_shipment'
            when 'VALID_TRACKING_UPLOADED_WITHIN_HANDLING_RATE' then 'ebay_tracking'
            else 'ebay_' || lower(vendor_metric)
        end as metric,
        -- rates come as percentages, counts and amounts as they are
        vendor_metric like '%RATE' as is_rate
    from {{ ref('prep_ebay__standards_metrics') }}

),

unioned as (

    select
        tenant_id,
        marketplace_account_id,
        metric,
        program,
        evaluation,
        cast(null as varchar) as dimension_key,
        cast(null as varchar) as dimension_value,
        window_from,
        window_to,
        case when is_rate then numerator else published_value end as numerator,
        denominator,
        cast(case when is_rate then published_value / 100 end as decimal(18, 6)) as rate,
        cast(coalesce(upper_bound, lower_bound) / case when is_rate then 100 else 1 end as decimal(18, 6)) as target_value,
        case
            when upper_bound is not null then 'less_or_equal'
            when lower_bound is not null then 'greater_or_equal'
        end as target_condition,
        level as published_status,
        captured_at,
        row_hash,
        ingested_at,
        load_id
    from standards
    union all
    select
        tenant_id,
        marketplace_account_id,
        case metric_type when 'item_not_received' then 'ebay_inr' else 'ebay_snad' end,
        null,
        evaluation,
        dimension_key,
        dimension_value,
        window_from,
        window_to,
        numerator,
        denominator,
        rate,
        null,
        null,
        rating,
        captured_at,
        row_hash,
        ingested_at,
        load_id
    from {{ ref('prep_ebay__service_metrics') }}
    union all
    -- the level of the whole profile, also of one without any metric
    select
        tenant_id,
        marketplace_account_id,
        'ebay_seller_level',
        program,
        evaluation,
        null,
        null,
        cast(evaluated_at as date),
        cast(evaluated_at as date),
        null,
        null,
        null,
        null,
        null,
        standards_level,
        captured_at,
        row_hash,
        ingested_at,
        load_id
    from {{ ref('stg_ebay__seller_standards_profiles') }}

),

keyed as (

    select
        *,
        marketplace_account_id || '|' || metric || '|' || coalesce(program, '') || '|' || evaluation || '|'
        || coalesce(dimension_value, '') || '|' || cast(captured_at as varchar) as snapshot_id
    from unioned

),

final as (

    select
        tenant_id,
        'ebay_api' as source_system,
        snapshot_id as source_id,
        snapshot_id,
        marketplace_account_id,
        metric,
        program,
        evaluation,
        cast(null as varchar) as fulfilment,
        dimension_key,
        dimension_value,
        window_from,
        window_to,
        numerator,
        denominator,
        rate,
        target_value,
        target_condition,
        coalesce(published_status, 'unknown') as published_status,
        captured_at,
        captured_at as occurred_at,
        ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("row_hash || '|' || metric || '|' || coalesce(dimension_value, '')") }} as row_hash,
        load_id,
        case
            when coalesce(published_status, 'unknown') not in (
                'top_rated', 'above_standard', 'below_standard', 'low', 'average', 'high', 'very_high', 'unknown'
            ) then 'status=' || published_status
        end as unmapped_values
    from keyed

)

select * from final
