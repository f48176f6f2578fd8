-- Business calendar in force for a ticket over time: its team's, without a team what any team works. Grain: lane and span.
-- Requests that no ticket is about have no team.

with

teams as (

    select
        lane_no,
        calendar_id,
        from_us,
        lag(calendar_id) over (partition by lane_no order by from_us) as previous_calendar_id
    from (
        select
            states.lane_no,
            coalesce(calendars.calendar_id, {{ any_team_open() }}) as calendar_id,
            states.from_us
        from {{ ref('int_lane_states') }} as states
        left join {{ ref('int_team_calendars') }} as calendars on states.value = calendars.team_key
        where states.attribute = 'team'
    ) as held

),

changes as (

    select
        lane_no,
        calendar_id,
        from_us
    from teams
    where previous_calendar_id is null or calendar_id <> previous_calendar_id

)

select
    lane_no,
    calendar_id,
    from_us,
    coalesce(lead(from_us) over (partition by lane_no order by from_us), {{ far_us() }}) as to_us
from changes
union all
select
    -case_no as lane_no,
    {{ any_team_open() }} as calendar_id,
    cast({{ dawn_us() }} as bigint) as from_us,
    cast({{ far_us() }} as bigint) as to_us
from {{ ref('int_cases') }}
where ticket_no is null
