-- Business calendar of the ticket's team over time; grain: lane and span. Lanes without any team calendar have none.

with

teams as (

    select
        states.lane_no,
        teams.calendar_id,
        states.from_us,
        states.to_us,
        lag(teams.calendar_id) over (partition by states.lane_no order by states.from_us) as previous_calendar_id,
        row_number() over (partition by states.lane_no order by states.from_us) as span_no
    from {{ ref('int_lane_states') }} as states
    left join {{ ref('canonical__teams') }} as teams on states.value = teams.team_key
    where states.attribute = 'team'

),

changes as (

    select
        lane_no,
        calendar_id,
        from_us
    from teams
    where span_no = 1 or calendar_id is distinct from previous_calendar_id

)

select
    lane_no,
    calendar_id,
    from_us,
    coalesce(lead(from_us) over (partition by lane_no order by from_us), {{ far_us() }}) as to_us
from changes
