-- Buyers as far as tickets name them: no list of contacts is read.
select
    tenant_id,
    'edesk' as source_system,
    contact_ref as source_id,
    contact_ref as customer_ref,
    'unknown' as customer_type,
    cast(null as varchar) as region,
    cast(null as varchar) as country,
    min(created_at) as first_seen_at,
    cast(null as timestamp) as occurred_at,
    min(ingested_at) as ingested_at,
    cast(null as timestamp) as source_updated_at,
    false as is_deleted_in_source,
    {{ hash_text("contact_ref || '|' || cast(min(created_at) as varchar)") }} as row_hash,
    max(load_id) as load_id,
    cast(null as varchar) as unmapped_values
from {{ ref('stg_edesk__tickets') }}
where contact_ref is not null
group by tenant_id, contact_ref
