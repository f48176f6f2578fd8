-- Tags by name; one that left the list stays on its tickets.
select
    tenant_id,
    'edesk' as source_system,
    vendor_tag_id as source_id,
    tag_id,
    tag_id as name,
    kind,
    cast(null as varchar) as parent_tag_id,
    is_active and missing_since is null as is_active,
    cast(null as varchar) as canonical_tag_id,
    timestamp '1970-01-01 00:00:00' as valid_from,
    cast(null as timestamp) as valid_to,
    cast(null as timestamp) as occurred_at,
    ingested_at,
    cast(null as timestamp) as source_updated_at,
    missing_since is not null as is_deleted_in_source,
    row_hash,
    load_id,
    cast(null as varchar) as unmapped_values
from {{ ref('edesk__named_tags') }}
