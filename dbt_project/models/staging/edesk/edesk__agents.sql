-- Colleagues as the account lists them, and the vendor's automatic writer.
select
    tenant_id,
    'edesk' as source_system,
    agent_id as source_id,
    agent_id,
    cast(null as varchar) as agent_key,
    display_name,
    false as is_bot,
    'UTC' as home_tz,
    cast(null as date) as hired_on,
    cast(null as date) as left_on,
    'default' as legal_entity,
    true as agent_analytics_allowed,
    cast(null as timestamp) as occurred_at,
    ingested_at,
    cast(null as timestamp) as source_updated_at,
    not coalesce(is_active, true) or missing_since is not null as is_deleted_in_source,
    row_hash,
    load_id,
    cast(null as varchar) as unmapped_values
from {{ ref('stg_edesk__users') }}

union all

select
    tenant_id,
    'edesk' as source_system,
    'edesk_ai' as source_id,
    'edesk_ai' as agent_id,
    cast(null as varchar) as agent_key,
    'eDesk AI' as display_name,
    true as is_bot,
    'UTC' as home_tz,
    cast(null as date) as hired_on,
    cast(null as date) as left_on,
    'default' as legal_entity,
    true as agent_analytics_allowed,
    cast(null as timestamp) as occurred_at,
    ingested_at,
    cast(null as timestamp) as source_updated_at,
    false as is_deleted_in_source,
    {{ hash_text("'edesk_ai'") }} as row_hash,
    load_id,
    cast(null as varchar) as unmapped_values
from {{ ref('edesk__tenants') }}
