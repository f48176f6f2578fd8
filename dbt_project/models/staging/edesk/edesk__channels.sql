-- Several channels of the vendor may be one of ours: grain channel.
select
    tenant_id,
    'edesk' as source_system,
    channel_id as source_id,
    channel_id,
    min(name) as name,
    min(platform) as platform,
    min(channel_class) as channel_class,
    min(modality) as modality,
    min(missed_policy) as missed_policy,
    cast(null as timestamp) as occurred_at,
    min(ingested_at) as ingested_at,
    cast(null as timestamp) as source_updated_at,
    false as is_deleted_in_source,
    {{ hash_text("channel_id || '|' || min(name) || '|' || min(platform) || '|' || min(channel_class)") }} as row_hash,
    max(load_id) as load_id,
    max(unmapped_values) as unmapped_values
from {{ ref('edesk__ruled_channels') }}
group by tenant_id, channel_id
