{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- One agent holding one original ticket without interruption: turnaround, holds and transfers are read from here.

with

assignments as (

    select * from {{ ref('int_assignments') }}

),

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

changes as (

    -- why it was handed on
    select
        ticket_no,
        event_type,
        at_us,
        reason_code,
        row_number() over (partition by ticket_no, event_type, at_us order by seq desc, event_id desc) as latest_no
    from {{ ref('int_ticket_events_visible') }}
    where event_type in ('assignee_change', 'team_change')

),

own_states as (

    select
        tickets.ticket_no,
        states.attribute,
        states.value,
        case
            when states.span_no = 0 then cast({{ dawn_us() }} as bigint)
            else {{ epoch_us('states.from_at') }}
        end as from_us,
        coalesce({{ epoch_us('states.to_at') }}, {{ far_us() }}) as to_us
    from {{ ref('int_ticket_states') }} as states
    inner join tickets on states.ticket_key = tickets.ticket_key
    where states.attribute in ('assignee', 'team', 'status')

),

lanes as (

    -- the team over time, after a merge that of the ticket it was merged into
    select
        lane_no,
        value,
        from_us,
        to_us
    from {{ ref('int_lane_states') }}
    where attribute = 'team'

),

homes as (

    select * from {{ ref('int_agent_home_teams') }}

),

turnarounds as (

    select
        measure_no - 2000000000 as assignment_no,
        open_us
    from {{ ref('int_clock_seconds') }}
    where purpose = 'turnaround'

),

holds as (

    select
        overlapping.assignment_no,
        max(case when overlapping.is_waiting then 1 else 0 end) as is_waiting
    from {{ ref('int_assignment_overlaps') }} as overlapping
    left join {{ ref('int_clock_seconds') }} as hours
        on overlapping.obligation_no = hours.measure_no
        and hours.purpose = 'hold'
        and overlapping.begin_us = hours.key_us
    where
        coalesce(overlapping.clock, 'calendar') <> 'business'
        or hours.open_us >= {{ hours_us(1) }}
    group by overlapping.assignment_no

),

described as (

    select
        assignments.*,
        tickets.tenant_id,
        tickets.source_system,
        tickets.root_key,
        tickets.ticket_key,
        tickets.root_exclusion_reason is not null as is_ticket_excluded,
        tickets.root_channel_key as channel_key,
        tickets.root_platform as platform,
        tickets.root_marketplace_account_key as marketplace_account_key,
        case when assignments.ended_by = 'reassignment' then changes.reason_code end as end_reason_code,
        case
            when assignments.ended_by = 'reassignment' and not coalesce(next_agents.is_bot, false) then next_holders.value
        end as next_agent_key,
        case when assignments.ended_by = 'reassignment' then next_teams.value end as next_team_key,
        last_teams.value as last_team_key,
        coalesce(first_homes.team_key, first_teams.value) as team_key,
        replies.answered_us,
        replies.tat_from_us,
        turnarounds.open_us as tat_open_us,
        holds.assignment_no is not null as is_hold,
        coalesce(holds.is_waiting = 1, false) as is_waiting_hold
    from assignments
    inner join tickets on assignments.ticket_no = tickets.ticket_no
    left join changes
        on assignments.ticket_no = changes.ticket_no
        and changes.event_type = 'assignee_change'
        and assignments.to_us = changes.at_us
        and changes.latest_no = 1
    left join own_states as next_holders
        on assignments.ticket_no = next_holders.ticket_no
        and next_holders.attribute = 'assignee'
        and assignments.to_us >= next_holders.from_us
        and assignments.to_us < next_holders.to_us
    left join {{ ref('int_persons') }} as next_agents on next_holders.value = next_agents.agent_key
    left join own_states as next_teams
        on assignments.ticket_no = next_teams.ticket_no
        and next_teams.attribute = 'team'
        and assignments.to_us >= next_teams.from_us
        and assignments.to_us < next_teams.to_us
    left join own_states as last_teams
        on assignments.ticket_no = last_teams.ticket_no
        and last_teams.attribute = 'team'
        and assignments.to_us - 1 >= last_teams.from_us
        and assignments.to_us - 1 < last_teams.to_us
    left join own_states as first_teams
        on assignments.ticket_no = first_teams.ticket_no
        and first_teams.attribute = 'team'
        and assignments.from_us >= first_teams.from_us
        and assignments.from_us < first_teams.to_us
    left join homes as first_homes
        on assignments.agent_key = first_homes.agent_key
        and assignments.from_us >= first_homes.from_us
        and assignments.from_us < first_homes.to_us
    left join {{ ref('int_assignment_replies') }} as replies on assignments.assignment_no = replies.assignment_no
    left join turnarounds on assignments.assignment_no = turnarounds.assignment_no
    left join holds on assignments.assignment_no = holds.assignment_no

),

team_moves as (

    -- the ticket's team changed from one to another, whoever held it
    select
        teams.ticket_no,
        teams.at_us,
        lag(teams.at_us) over (partition by teams.ticket_no order by teams.at_us) as previous_us,
        coalesce(changes.reason_code = 'shift_handover', false) as is_shift_handover
    from (
        select
            ticket_no,
            from_us as at_us,
            value,
            lag(value) over (partition by ticket_no order by from_us) as previous_value
        from own_states
        where attribute = 'team'
    ) as teams
    left join changes
        on teams.ticket_no = changes.ticket_no
        and changes.event_type = 'team_change'
        and teams.at_us = changes.at_us
        and changes.latest_no = 1
    where teams.value <> teams.previous_value

),

solved as (

    select
        ticket_no,
        from_us as at_us
    from own_states
    where attribute = 'status' and value in ('solved', 'closed')

),

stays as (

    -- since when the agent had it in the team that it left last
    select
        described.assignment_no,
        greatest(described.from_us, coalesce(max(team_moves.at_us), described.from_us)) as last_from_us
    from described
    left join team_moves
        on described.ticket_no = team_moves.ticket_no
        and described.from_us < team_moves.at_us
        and (described.to_us is null or described.to_us > team_moves.at_us)
    group by described.assignment_no, described.from_us

),

released as (

    -- the first move out of the queue it was given back to, before anybody took it up again, solved or merged it
    select
        described.assignment_no,
        min(team_moves.at_us) as moved_us
    from described
    inner join team_moves
        on described.ticket_no = team_moves.ticket_no
        and described.to_us < team_moves.at_us
        and not team_moves.is_shift_handover
    inner join tickets on described.ticket_no = tickets.ticket_no
    where
        described.ended_by = 'reassignment'
        and coalesce(described.end_reason_code, '') <> 'shift_handover'
        and described.next_agent_key is null
        and coalesce(described.last_team_key = described.next_team_key, true)
        and team_moves.at_us < coalesce(tickets.merged_us, {{ far_us() }})
        and not exists (
            select 1
            from assignments as later
            where
                later.ticket_no = described.ticket_no
                and later.from_us > described.to_us
                and later.from_us < team_moves.at_us
        )
        and not exists (
            select 1
            from solved
            where
                solved.ticket_no = described.ticket_no
                and solved.at_us > described.to_us
                and solved.at_us <= team_moves.at_us
        )
    group by described.assignment_no

),

handovers as (

    -- the person stays, the team changes
    select
        described.assignment_no,
        team_moves.at_us,
        team_moves.at_us - greatest(described.from_us, coalesce(team_moves.previous_us, described.from_us)) as held_us
    from described
    inner join team_moves
        on described.ticket_no = team_moves.ticket_no
        and described.from_us < team_moves.at_us
        and (described.to_us is null or described.to_us > team_moves.at_us)
    where not team_moves.is_shift_handover
    union all
    -- the person changes, with the team or without
    select
        described.assignment_no,
        described.to_us as at_us,
        described.to_us - stays.last_from_us as held_us
    from described
    inner join stays on described.assignment_no = stays.assignment_no
    where
        described.ended_by = 'reassignment'
        and coalesce(described.end_reason_code, '') <> 'shift_handover'
        and (described.next_agent_key is not null or described.last_team_key <> described.next_team_key)
    union all
    select
        described.assignment_no,
        released.moved_us as at_us,
        described.to_us - stays.last_from_us as held_us
    from described
    inner join stays on described.assignment_no = stays.assignment_no
    inner join released on described.assignment_no = released.assignment_no

),

transfers as (

    -- below 60 s it was a bounce
    select
        assignment_no,
        cast(count(*) as integer) as transfers,
        min(at_us) as first_us
    from handovers
    where held_us >= 60000000
    group by assignment_no

)

select
    {{ hash_text("described.ticket_key || '|' || described.agent_key || '|' || cast(described.from_us as " ~ dbt.type_string() ~ ")") }} as span_key,
    described.tenant_id,
    described.source_system,
    described.root_key as ticket_key,
    described.ticket_key as original_ticket_key,
    described.agent_key,
    described.team_key,
    {{ us_to_at('described.from_us') }} as from_at,
    {{ us_to_at('described.to_us') }} as to_at,
    {{ local_month(us_to_at('described.to_us')) }} as to_month,
    case when described.to_us is not null then coalesce(to_homes.team_key, to_teams.value) end as to_team_key,
    described.ended_by,
    described.end_reason_code,
    described.next_agent_key,
    described.next_team_key,
    transfers.assignment_no is not null as is_transfer,
    coalesce(transfers.transfers, 0) as transfers,
    {{ us_to_at('transfers.first_us') }} as first_transferred_at,
    case when transfers.first_us is not null then coalesce(transfer_homes.team_key, transfer_teams.value) end as first_transferred_team_key,
    {{ us_to_at('described.answered_us') }} as tat_replied_at,
    {{ local_month(us_to_at('described.answered_us')) }} as tat_replied_month,
    case when described.answered_us is not null then coalesce(reply_homes.team_key, reply_teams.value) end as tat_replied_team_key,
    {{ whole_seconds('described.answered_us - described.tat_from_us') }} as tat_cal_s,
    {{ whole_seconds('described.tat_open_us') }} as tat_bus_s,
    described.is_hold,
    described.is_waiting_hold
    and described.ended_by = 'reassignment'
    and coalesce(described.end_reason_code, '') <> 'shift_handover' as is_unanswered_hold,
    described.is_ticket_excluded,
    described.channel_key,
    described.platform,
    described.marketplace_account_key
from described
left join {{ ref('canonical__tenants') }} as tenants on described.tenant_id = tenants.tenant_id
left join transfers on described.assignment_no = transfers.assignment_no
{%- for event, at in [('to', 'described.to_us'), ('transfer', 'transfers.first_us'), ('reply', 'described.answered_us')] %}
left join homes as {{ event }}_homes
    on described.agent_key = {{ event }}_homes.agent_key
    and {{ at }} >= {{ event }}_homes.from_us
    and {{ at }} < {{ event }}_homes.to_us
left join lanes as {{ event }}_teams
    on described.ticket_no = {{ event }}_teams.lane_no
    and {{ at }} >= {{ event }}_teams.from_us
    and {{ at }} < {{ event }}_teams.to_us
{%- endfor %}
order by from_at
