{{ config(materialized=step()) }}
-- Sources of which nothing is known that a customer said: tickets, but no public message of a customer and no live contact up to
-- as_of. There an inbound ticket is itself the contact. Grain: tenant and source system.

select distinct
    tenant_id,
    source_system
from {{ ref('canonical__tickets') }}
where created_at <= {{ as_of_at() }}
except
select distinct
    tenant_id,
    source_system
from {{ ref('canonical__messages') }}
where
    sent_at <= {{ as_of_at() }}
    and (
        (visibility = 'public' and author_role = 'customer')
        or call_queue_entered_at is not null
    )
