{{ config(materialized=step()) }}

-- Which team works a channel, for sources whose tickets name no team; a sheet alone says it.

select
    {{ surrogate_key(['tenant_id', 'source_system', 'channel_id']) }} as channel_key,
    {{ surrogate_key(['tenant_id', 'source_system', 'team_id']) }} as team_key,
    landed.*,
    'landing' as origin
from ({{ landed_rows('channel_teams') }}) as landed
