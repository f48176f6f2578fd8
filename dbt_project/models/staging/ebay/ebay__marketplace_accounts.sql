with

final as (

    select
        tenant_id,
        'ebay_api' as source_system,
        marketplace_account_id as source_id,
        marketplace_account_id,
        'ebay' as platform,
        site,
        country,
        'mfn' as fulfilment,
        account_tz,
        'unknown' as status,
        cast(null as timestamp) as occurred_at,
        ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("marketplace_account_id || '|' || site || '|' || account_tz") }} as row_hash,
        load_id,
        unmapped_values
    from {{ ref('ebay__accounts') }}

)

select * from final
