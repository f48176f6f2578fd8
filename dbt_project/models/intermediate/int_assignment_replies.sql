{{ config(materialized=step()) }}

-- First reply of the assigned agent that ended a turn during an assignment, from when its turnaround runs, and in which calendar.
-- Grain: assignment with such a reply.

with

assignments as (

    select * from {{ ref('int_assignments') }}

),

turns as (

    select * from {{ ref('int_turn_holders') }}
    where answered_us is not null and state <> 'excluded'

),

replied as (

    select
        assignments.assignment_no,
        assignments.ticket_no,
        assignments.agent_key,
        assignments.from_us,
        turns.answered_us,
        min(turns.tenant_id) as tenant_id,
        min(turns.available_us) as available_us,
        row_number() over (partition by assignments.assignment_no order by turns.answered_us) as reply_no
    from assignments
    inner join turns
        on assignments.ticket_no = turns.holder_no
        and assignments.agent_key = turns.end_agent_key
        and assignments.from_us <= turns.answered_us
        and turns.answered_us >= turns.from_us
        and turns.answered_us < turns.to_us
        and (
            assignments.to_us is null
            or assignments.to_us > turns.answered_us
            or (assignments.to_us = turns.answered_us and assignments.ended_by = 'solved')
        )
    group by
        assignments.assignment_no,
        assignments.ticket_no,
        assignments.agent_key,
        assignments.from_us,
        turns.answered_us

)

select
    replied.assignment_no,
    replied.tenant_id,
    replied.answered_us,
    least(greatest(replied.from_us, replied.available_us), replied.answered_us) as tat_from_us,
    coalesce(calendars.calendar_id, {{ any_team_open() }}) as calendar_id
from replied
left join {{ ref('int_agent_home_teams') }} as homes
    on replied.agent_key = homes.agent_key
    and replied.answered_us >= homes.from_us
    and replied.answered_us < homes.to_us
left join {{ ref('int_lane_states') }} as team_states
    on replied.ticket_no = team_states.lane_no
    and team_states.attribute = 'team'
    and replied.answered_us >= team_states.from_us
    and replied.answered_us < team_states.to_us
left join {{ ref('int_team_calendars') }} as calendars on coalesce(homes.team_key, team_states.value) = calendars.team_key
where replied.reply_no = 1
