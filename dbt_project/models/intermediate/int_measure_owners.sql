-- SLA owner of every judged measure and layer (rule A2, incidents of E22), with the team: home team of the agent at that instant,
-- else the ticket's team then. Grain: judged measure and layer.

with

judged as (

    select
        verdicts.measure_no,
        verdicts.layer,
        verdicts.verdict,
        verdicts.state,
        verdicts.verdict_us,
        coalesce(verdicts.due_us, verdicts.verdict_us) as due_us,
        measures.lane_no,
        measures.tenant_id
    from {{ ref('int_measure_verdicts') }} as verdicts
    inner join {{ ref('int_measures') }} as measures on verdicts.measure_no = measures.measure_no
    where verdicts.verdict in ('met', 'breached')

),

responders as (

    select
        obligation_no as measure_no,
        case when state = 'missed' then recovered_by_agent_key else end_agent_key end as agent_key
    from {{ ref('int_obligations') }}
    union all
    select
        1000000000 + cycles.cycle_id as measure_no,
        case
            when cycles.ended_by_role = 'agent' then cycles.ended_by_agent_key
            else replies.last_replier_agent_key
        end as agent_key
    from {{ ref('int_cycles') }} as cycles
    left join {{ ref('int_cycle_replies') }} as replies on cycles.cycle_id = replies.cycle_id
    union all
    select
        measure_no,
        ended_by_agent_key as agent_key
    from {{ ref('int_work_measures') }}

),

teams as (

    select * from {{ ref('int_lane_states') }} where attribute = 'team'

),

tickets as (

    select
        ticket_no as lane_no,
        root_platform as platform,
        root_marketplace_account_id as marketplace_account_id,
        root_channel_id as channel_id
    from {{ ref('int_tickets_visible') }}
    union all
    -- a request without ticket stands in the scope of its order
    select
        -case_no as lane_no,
        platform,
        marketplace_account_id,
        cast(null as {{ dbt.type_string() }}) as channel_id
    from {{ ref('int_cases') }}
    where ticket_no is null

),

incidents as (

    select
        tenant_id,
        scope_type,
        scope_id,
        {{ epoch_us('starts_at') }} as starts_us,
        {{ epoch_us('ends_at') }} as ends_us
    from {{ ref('canonical__incident_windows') }}
    where kind in ('outage', 'platform_outage', 'force_majeure')

),

hit as (

    select distinct
        judged.measure_no,
        judged.layer
    from judged
    inner join incidents
        on judged.tenant_id = incidents.tenant_id
        and judged.due_us >= incidents.starts_us
        and judged.due_us < incidents.ends_us
    left join tickets on judged.lane_no = tickets.lane_no
    left join teams
        on judged.lane_no = teams.lane_no
        and judged.due_us >= teams.from_us
        and judged.due_us < teams.to_us
    where
        incidents.scope_type = 'company'
        or (incidents.scope_type = 'platform' and incidents.scope_id = tickets.platform)
        or (incidents.scope_type = 'marketplace_account' and incidents.scope_id = tickets.marketplace_account_id)
        or (incidents.scope_type = 'channel' and incidents.scope_id = tickets.channel_id)
        or (incidents.scope_type = 'team' and incidents.scope_id = teams.value_id)

),

owned as (

    select
        judged.measure_no,
        judged.layer,
        judged.lane_no,
        judged.verdict_us,
        case
            when hit.measure_no is not null then null
            when judged.verdict = 'met' then responders.agent_key
            when judged.state = 'missed' then null
            else breaches.agent_key
        end as agent_key,
        case
            when hit.measure_no is not null then 'incident'
            when judged.verdict = 'met' then 'responder'
            when judged.state = 'missed' then 'queue'
            else coalesce(breaches.owner_rule, 'queue')
        end as owner_rule
    from judged
    left join hit
        on judged.measure_no = hit.measure_no
        and judged.layer = hit.layer
    left join responders on judged.measure_no = responders.measure_no
    left join {{ ref('int_breach_owners') }} as breaches
        on judged.measure_no = breaches.measure_no
        and judged.layer = breaches.layer

)

select
    owned.measure_no,
    owned.layer,
    coalesce(owned.agent_key, 'unowned') as agent_key,
    coalesce(homes.team_key, teams.value) as team_key,
    owned.owner_rule
from owned
left join {{ ref('int_agent_home_teams') }} as homes
    on owned.agent_key = homes.agent_key
    and owned.verdict_us >= homes.from_us
    and owned.verdict_us < homes.to_us
left join teams
    on owned.lane_no = teams.lane_no
    and owned.verdict_us >= teams.from_us
    and owned.verdict_us < teams.to_us
