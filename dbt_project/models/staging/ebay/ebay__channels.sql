with

final as (

    select
        tenant_id,
        'ebay_api' as source_system,
        channel_id as source_id,
        channel_id,
        'eBay messages ' || marketplace_account_id as name,
        'ebay' as platform,
        'marketplace_message' as channel_class,
        'async' as modality,
        'count_as_missed' as missed_policy,
        cast(null as timestamp) as occurred_at,
        ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("channel_id") }} as row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from {{ ref('ebay__accounts') }}
    where message_source = 'ebay_api'

)

select * from final
