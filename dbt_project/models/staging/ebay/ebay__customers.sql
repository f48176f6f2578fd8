with

threads as (

    select * from {{ ref('ebay__threads') }}
    where customer_ref is not null

),

grouped as (

    select
        tenant_id,
        customer_ref,
        min(created_at) as first_seen_at,
        min(ingested_at) as ingested_at,
        max(load_id) as load_id
    from threads
    group by tenant_id, customer_ref

),

final as (

    select
        tenant_id,
        'ebay_api' as source_system,
        customer_ref as source_id,
        customer_ref,
        'unknown' as customer_type,
        cast(null as varchar) as region,
        cast(null as varchar) as country,
        first_seen_at,
        cast(null as timestamp) as occurred_at,
        ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("customer_ref || '|' || cast(first_seen_at as varchar)") }} as row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from grouped

)

select * from final
