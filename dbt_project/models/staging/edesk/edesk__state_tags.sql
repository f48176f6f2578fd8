-- Tags of a ticket in each of its states; grain: ticket, state and tag.

select
    states.tenant_id,
    states.ticket_id,
    states.seen_at,
    tags.tag_id,
    tags.kind,
    tags.load_id
from {{ ref('stg_edesk__ticket_states') }} as states
cross join lateral {{ json_values('states.tags_ids') }} as named
inner join {{ ref('edesk__named_tags') }} as tags
    on states.tenant_id = tags.tenant_id and named.value = tags.vendor_tag_id
