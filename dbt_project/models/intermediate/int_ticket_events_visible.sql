{{ config(materialized=step()) }}
-- Events that had happened at as_of, of the tickets this build computes; grain: event.

select
    events.event_key,
    events.event_id,
    events.event_type,
    events.from_value,
    events.to_value,
    events.actor_agent_key,
    events.actor_role,
    events.occurred_at,
    {{ epoch_us('events.occurred_at') }} as at_us,
    events.time_precision_s,
    events.event_source,
    events.reason_code,
    events.seq,
    tickets.ticket_no,
    tickets.ticket_key,
    tickets.root_key,
    tickets.root_no,
    tickets.tenant_id,
    tickets.source_system,
    tickets.merged_us,
    tickets.root_exclusion_reason,
    tickets.root_channel_key,
    tickets.root_platform,
    tickets.root_marketplace_account_key
from {{ ref('canonical__ticket_events') }} as events
inner join {{ ref('int_tickets_visible') }} as tickets on events.ticket_key = tickets.ticket_key
where events.occurred_at <= {{ as_of_at() }}
