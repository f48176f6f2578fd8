-- Channels by which customers reach the seller.

select
    channel_key,
    channel_id,
    tenant_id,
    source_system,
    coalesce(name, channel_id) as name,
    platform,
    channel_class,
    modality,
    missed_policy
from {{ ref('canonical__channels') }}
