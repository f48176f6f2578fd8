{{ config(materialized=step(), schema='intermediate', access='protected', contract={'enforced': false}) }}

-- Published series and our own estimate in one shape. The estimate is a series of its own and, where the platform
-- publishes the same rate, that of the same window also stands beside the published value.
with published as (
    select * from {{ ref('int_account_health_published') }}
),

estimates as (
    select * from {{ ref('int_late_response_estimates') }}
),

final as (
    select
        published.tenant_id,
        published.source_system,
        published.date_day,
        published.marketplace_account_key,
        published.metric,
        published.program,
        published.evaluation,
        published.fulfilment,
        published.dimension_key,
        published.dimension_value,
        published.window_length,
        published.window_from,
        published.window_to,
        published.rate as published_value,
        published.numerator,
        published.denominator,
        published.target_value,
        published.target_condition,
        published.published_status,
        published.days_since_status_change,
        published.captured_at,
        published.days_since_capture,
        cast(estimates.late_messages as decimal(18, 6)) as estimate_numerator,
        cast(estimates.judged_messages as decimal(18, 6)) as estimate_denominator
    from published
    left join estimates
        on published.tenant_id = estimates.tenant_id
        and published.marketplace_account_key = estimates.marketplace_account_key
        and published.window_to = estimates.date_day
        and published.window_length = estimates.window_length
        and published.metric = 'amz_late_response_rate'

    union all

    select
        tenant_id,
        'derived' as source_system,
        date_day,
        marketplace_account_key,
        'amz_late_response_rate_est' as metric,
        null as program,
        null as evaluation,
        null as fulfilment,
        null as dimension_key,
        null as dimension_value,
        window_length,
        window_from,
        date_day as window_to,
        null as published_value,
        cast(late_messages as decimal(18, 6)) as numerator,
        cast(judged_messages as decimal(18, 6)) as denominator,
        null as target_value,
        null as target_condition,
        null as published_status,
        null as days_since_status_change,
        null as captured_at,
        null as days_since_capture,
        cast(late_messages as decimal(18, 6)) as estimate_numerator,
        cast(judged_messages as decimal(18, 6)) as estimate_denominator
    from estimates
)

select * from final
