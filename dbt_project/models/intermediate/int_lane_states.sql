-- Status, assignee, team, priority and reason over time as they hold for an original ticket: its own until a merge, then those
-- of the ticket it was merged into. Grain: lane, attribute, span; dawn and far future instead of open ends.

with

tickets as (

    select
        ticket_no,
        ticket_key,
        is_in_group
    from {{ ref('int_tickets_visible') }}

),

states as (

    select
        tickets.ticket_no,
        tickets.is_in_group,
        states.attribute,
        states.value,
        states.value_id,
        case
            when states.span_no = 0 then cast({{ dawn_us() }} as bigint)
            else {{ epoch_us('states.from_at') }}
        end as from_us,
        coalesce({{ epoch_us('states.to_at') }}, {{ far_us() }}) as to_us
    from {{ ref('int_ticket_states') }} as states
    inner join tickets on states.ticket_key = tickets.ticket_key

)

select
    ticket_no as lane_no,
    attribute,
    value,
    value_id,
    from_us,
    to_us,
    false as is_from_merge
from states
where not is_in_group
union all
select
    map.lane_no,
    states.attribute,
    states.value,
    states.value_id,
    greatest(states.from_us, map.from_us) as from_us,
    least(states.to_us, map.to_us) as to_us,
    states.from_us < map.from_us as is_from_merge
from states
inner join {{ ref('int_lane_map') }} as map
    on states.ticket_no = map.ticket_no
    and map.is_holder
    and states.from_us < map.to_us
    and states.to_us > map.from_us
where states.is_in_group
