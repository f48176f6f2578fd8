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
        vendor_metric like '%RATE' as is_rate,
        case when vendor_metric like '%RATE' then 100 else 1 end as scale_divisor
    from {{ ref('ebay__standards_metrics') }}

),

service_metrics as (

    select * from {{ ref('ebay__service_metrics') }}

),

profiles as (

    select * from {{ ref('stg_ebay__seller_standards_profiles') }}

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
        cast(coalesce(upper_bound, lower_bound) / scale_divisor as decimal(18, 6)) as target_value,
        case
            when upper_bound is not null then 'less_or_equal'
            when lower_bound is not null then 'greater_or_equal'
        end as target_condition,
        level as status,
        captured_at,
        row_hash,
        ingested_at,
        load_id
    from standards
    union all
    select
        tenant_id,
        marketplace_account_id,
        case metric_type when 'item_not_received' then 'ebay_inr' else 'ebay_snad' end as metric,
        cast(null as varchar) as program,
        evaluation,
        dimension_key,
        dimension_value,
        window_from,
        window_to,
        numerator,
        denominator,
        rate,
        cast(null as decimal(18, 6)) as target_value,
        cast(null as varchar) as target_condition,
        rating as status,
        captured_at,
        row_hash,
        ingested_at,
        load_id
    from service_metrics
    union all
    -- the level of the whole profile, also of one without any metric
    select
        tenant_id,
        marketplace_account_id,
        'ebay_seller_level' as metric,
        program,
        evaluation,
        cast(null as varchar) as dimension_key,
        cast(null as varchar) as dimension_value,
        cast(evaluated_at as date) as window_from,
        cast(evaluated_at as date) as window_to,
        cast(null as decimal(18, 6)) as numerator,
        cast(null as decimal(18, 6)) as denominator,
        cast(null as decimal(18, 6)) as rate,
        cast(null as decimal(18, 6)) as target_value,
        cast(null as varchar) as target_condition,
        standards_level as status,
        captured_at,
        row_hash,
        ingested_at,
        load_id
    from profiles

)

select * from unioned
