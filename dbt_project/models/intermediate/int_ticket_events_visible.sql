{{ config(materialized='view') }}
-- Events that had happened at as_of, of the tickets this build computes; grain: event.

select events.*
from {{ ref('canonical__ticket_events') }} as events
inner join {{ ref('int_touched_tickets') }} as touched on events.ticket_key = touched.ticket_key
where events.occurred_at <= {{ as_of_at() }}
