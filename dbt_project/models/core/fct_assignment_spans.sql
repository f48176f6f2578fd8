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
        at_us,
        reason_code,
        row_number() over (partition by ticket_no, at_us order by seq desc, event_id desc) as latest_no
    from {{ ref('int_ticket_events_visible') }}
    where event_type = 'assignee_change'

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
    where states.attribute in ('assignee', 'team')

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
        case when assignments.ended_by = 'reassignment' then changes.reason_code end as end_reason_code,
        case
            when assignments.ended_by = 'reassignment' and not coalesce(next_agents.is_bot, false) then next_holders.value
        end as next_agent_key,
        case when assignments.ended_by = 'reassignment' then next_teams.value end as next_team_key,
        last_teams.value as last_team_key,
        coalesce(homes.team_key, first_teams.value) as team_key,
        replies.answered_us,
        replies.tat_from_us,
        turnarounds.open_us as tat_open_us,
        holds.assignment_no is not null as is_hold,
        coalesce(holds.is_waiting = 1, false) as is_waiting_hold
    from assignments
    inner join tickets on assignments.ticket_no = tickets.ticket_no
    left join changes
        on assignments.ticket_no = changes.ticket_no
        and assignments.to_us = changes.at_us
        and changes.latest_no = 1
    left join own_states as next_holders
        on assignments.ticket_no = next_holders.ticket_no
        and next_holders.attribute = 'assignee'
        and assignments.to_us >= next_holders.from_us
        and assignments.to_us < next_holders.to_us
    left join {{ ref('canonical__agents') }} as next_agents on next_holders.value = next_agents.agent_key
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
    left join {{ ref('int_agent_home_teams') }} as homes
        on assignments.agent_key = homes.agent_key
        and assignments.from_us >= homes.from_us
        and assignments.from_us < homes.to_us
    left join {{ ref('int_assignment_replies') }} as replies on assignments.assignment_no = replies.assignment_no
    left join turnarounds on assignments.assignment_no = turnarounds.assignment_no
    left join holds on assignments.assignment_no = holds.assignment_no

)

select
    {{ hash_text("ticket_key || '|' || agent_key || '|' || cast(from_us as " ~ dbt.type_string() ~ ")") }} as span_key,
    tenant_id,
    source_system,
    root_key as ticket_key,
    ticket_key as original_ticket_key,
    agent_key,
    team_key,
    {{ us_to_at('from_us') }} as from_at,
    {{ us_to_at('to_us') }} as to_at,
    ended_by,
    end_reason_code,
    next_agent_key,
    next_team_key,
    coalesce(
        ended_by = 'reassignment'
        and to_us - from_us >= 60000000
        and coalesce(end_reason_code, '') <> 'shift_handover'
        and (next_agent_key is not null or last_team_key <> next_team_key),
        false
    ) as is_transfer,
    {{ us_to_at('answered_us') }} as tat_replied_at,
    {{ whole_seconds('answered_us - tat_from_us') }} as tat_cal_s,
    {{ whole_seconds('tat_open_us') }} as tat_bus_s,
    is_hold,
    is_waiting_hold
    and ended_by = 'reassignment'
    and coalesce(end_reason_code, '') <> 'shift_handover' as is_unanswered_hold
from described
