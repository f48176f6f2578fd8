-- Templates; the vendor links none of them to a message, so their use cannot be counted.
select
    tenant_id,
    'edesk' as source_system,
    macro_id as source_id,
    macro_id,
    name,
    cast(null as varchar) as reason_tag_id,
    false as is_locked,
    cast(null as date) as policy_checked_on,
    cast(null as varchar) as dynamic_fields,
    '1' as version,
    timestamp '1970-01-01 00:00:00' as valid_from,
    missing_since as valid_to,
    created_at as occurred_at,
    ingested_at,
    cast(null as timestamp) as source_updated_at,
    missing_since is not null as is_deleted_in_source,
    row_hash,
    load_id,
    cast(null as varchar) as unmapped_values
from {{ ref('stg_edesk__templates') }}
