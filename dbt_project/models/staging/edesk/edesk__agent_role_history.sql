-- The account knows today's colleagues only: everybody listed is taken for an agent at all times.
select
    tenant_id,
    'edesk' as source_system,
    agent_id || '-agent' as source_id,
    agent_id,
    'agent' as role,
    timestamp '1970-01-01 00:00:00' as valid_from,
    cast(null as timestamp) as valid_to,
    cast(null as timestamp) as occurred_at,
    ingested_at,
    cast(null as timestamp) as source_updated_at,
    false as is_deleted_in_source,
    row_hash,
    load_id,
    cast(null as varchar) as unmapped_values
from {{ ref('stg_edesk__users') }}
