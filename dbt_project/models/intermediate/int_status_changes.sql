{{ config(materialized=step()) }}
-- Status changes of root tickets themselves; grain: event.

select
    ticket_no as lane_no,
    event_id,
    at_us,
    seq,
    from_value,
    to_value,
    actor_role,
    actor_agent_key
from {{ ref('int_ticket_events_visible') }}
where event_type = 'status_change' and ticket_no = root_no
