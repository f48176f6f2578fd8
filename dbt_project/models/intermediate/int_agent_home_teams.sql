{{ config(access='protected') }}
-- Home team of an agent over time, one at a time: a later membership ends the earlier one. Grain: agent and start.

with

memberships as (

    select
        *,
        lead(valid_from) over (
            partition by agent_key
            order by valid_from, team_id, source_system
        ) as next_from
    from {{ ref('canonical__team_membership') }}

),

spans as (

    select
        tenant_id,
        source_system,
        agent_key,
        team_key,
        valid_from,
        case
            when next_from < coalesce(valid_to, next_from + interval '1 day') then next_from
            else valid_to
        end as valid_to
    from memberships
    where next_from is null or next_from > valid_from

)

select
    *,
    {{ epoch_us('valid_from') }} as from_us,
    coalesce({{ epoch_us('valid_to') }}, {{ far_us() }}) as to_us
from spans
