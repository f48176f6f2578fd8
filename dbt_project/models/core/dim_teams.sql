-- Teams with their business calendar.

select
    team_key,
    team_id,
    tenant_id,
    source_system,
    name,
    parent_team_key,
    calendar_id
from {{ ref('canonical__teams') }}
