with

keyed as (

    select
        *,
        marketplace_account_id || '|' || metric || '|' || coalesce(program, '') || '|' || evaluation || '|'
        || coalesce(dimension_value, '') || '|' || cast(captured_at as varchar) as snapshot_id,
        coalesce(status, 'unknown') as published_status
    from {{ ref('ebay__health_figures') }}

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
        published_status,
        captured_at,
        captured_at as occurred_at,
        ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("row_hash || '|' || snapshot_id") }} as row_hash,
        load_id,
        case
            when published_status not in (
                'top_rated', 'above_standard', 'below_standard', 'low', 'average', 'high', 'very_high', 'unknown'
            ) then 'published_status=' || published_status
        end as unmapped_values
    from keyed

)

select * from final
