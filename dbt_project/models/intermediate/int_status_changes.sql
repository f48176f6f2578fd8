{{ config(materialized='view') }}
-- Status changes of root tickets themselves; grain: event.

select
    tickets.ticket_no as lane_no,
    events.event_id,
    {{ epoch_us('events.occurred_at') }} as at_us,
    events.seq,
    events.from_value,
    events.to_value,
    events.actor_role,
    events.actor_agent_key
from {{ ref('int_ticket_events_visible') }} as events
inner join {{ ref('int_tickets_visible') }} as tickets on events.ticket_key = tickets.ticket_key
where events.event_type = 'status_change' and tickets.ticket_key = tickets.root_key
