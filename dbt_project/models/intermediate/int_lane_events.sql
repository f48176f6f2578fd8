-- Events that can end or close a turn, on every lane they count for; grain: lane and event. A status change counts only while
-- its ticket holds the lane, and never when it is the merge's own close.

with

events as (

    select
        ticket_no,
        event_key,
        event_id,
        event_type,
        at_us,
        seq,
        coalesce(to_value in ('solved', 'closed'), false) as is_done,
        actor_role,
        actor_agent_key,
        reason_code
    from {{ ref('int_ticket_events_visible') }}
    where event_type in ('status_change', 'marked_no_reply_needed')

)

select
    coalesce(map.lane_no, events.ticket_no) as lane_no,
    events.ticket_no,
    events.event_key,
    events.event_id,
    events.event_type,
    events.at_us,
    events.seq,
    events.is_done,
    events.actor_role,
    events.actor_agent_key,
    events.reason_code
from events
left join {{ ref('int_lane_map') }} as map
    on events.ticket_no = map.ticket_no
    and events.at_us >= map.from_us
    and events.at_us < map.to_us
where
    events.event_type <> 'status_change'
    or ((map.is_holder or map.lane_no is null) and coalesce(events.reason_code, '') <> 'merged')
