{{ config(access='protected') }}
-- Home team of an agent over time, one at a time: a later membership ends the earlier one. Grain: agent and start.

select
    memberships.tenant_id,
    memberships.source_system,
    {{ surrogate_key(['memberships.tenant_id', 'memberships.source_system', 'memberships.agent_id']) }} as agent_key,
    {{ surrogate_key(['memberships.tenant_id', 'memberships.source_system', 'memberships.team_id']) }} as team_key,
    memberships.valid_from,
    case
        when memberships.next_from < coalesce(memberships.valid_to, memberships.next_from + interval '1 day')
            then memberships.next_from
        else memberships.valid_to
    end as valid_to
from (
    select
        tenant_id,
        source_system,
        agent_id,
        team_id,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by tenant_id, source_system, agent_id
            order by valid_from, team_id
        ) as next_from
    from {{ ref('canonical__team_membership') }}
) as memberships
where memberships.next_from is null or memberships.next_from > memberships.valid_from
