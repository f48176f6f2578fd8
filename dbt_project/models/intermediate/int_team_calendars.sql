{{ config(access='protected', materialized=step()) }}
-- In which calendar the hours of a team stand: its own, around the clock when it has none. Grain: team.

select
    team_key,
    tenant_id,
    coalesce(calendar_id, {{ always_open() }}) as calendar_id
from {{ ref('canonical__teams') }}
