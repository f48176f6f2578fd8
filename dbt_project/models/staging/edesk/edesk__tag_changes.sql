-- Tags and holders that a poll found other than the poll before; nothing is inferred of tags from the first one. Grain: change.

with

states as (

    select
        states.*,
        tickets.created_at,
        lag(states.assignee_id) over (partition by states.tenant_id, states.ticket_id order by states.seen_at) as assignee_before,
        lag(states.seen_at) over (partition by states.tenant_id, states.ticket_id order by states.seen_at) as state_before
    from {{ ref('stg_edesk__ticket_states') }} as states
    inner join {{ ref('stg_edesk__tickets') }} as tickets
        on states.tenant_id = tickets.tenant_id and states.ticket_id = tickets.ticket_id

),

tags as (

    select * from {{ ref('edesk__state_tags') }}

),

reasons as (

    select
        tenant_id,
        ticket_id,
        seen_at,
        min(tag_id) as reason_tag_id
    from tags
    where kind = 'reason'
    group by tenant_id, ticket_id, seen_at

),

tag_events as (

    select
        states.tenant_id,
        states.ticket_id,
        states.seen_at,
        case when now_tags.tag_id = 'no_reply_needed' then 'marked_no_reply_needed' else 'tag_added' end as event_type,
        cast(null as varchar) as from_value,
        now_tags.tag_id as to_value
    from states
    inner join tags as now_tags
        on
        states.tenant_id = now_tags.tenant_id
        and states.ticket_id = now_tags.ticket_id
        and states.seen_at = now_tags.seen_at
    left join tags as old_tags
        on
        states.tenant_id = old_tags.tenant_id
        and states.ticket_id = old_tags.ticket_id
        and states.state_before = old_tags.seen_at
        and now_tags.tag_id = old_tags.tag_id
    where
        old_tags.tag_id is null
        and (states.state_before is not null or now_tags.tag_id = 'no_reply_needed')

    union all

    select
        states.tenant_id,
        states.ticket_id,
        states.seen_at,
        'tag_removed' as event_type,
        old_tags.tag_id as from_value,
        cast(null as varchar) as to_value
    from states
    inner join tags as old_tags
        on
        states.tenant_id = old_tags.tenant_id
        and states.ticket_id = old_tags.ticket_id
        and states.state_before = old_tags.seen_at
    left join tags as now_tags
        on
        states.tenant_id = now_tags.tenant_id
        and states.ticket_id = now_tags.ticket_id
        and states.seen_at = now_tags.seen_at
        and old_tags.tag_id = now_tags.tag_id
    where now_tags.tag_id is null

    union all

    select
        states.tenant_id,
        states.ticket_id,
        states.seen_at,
        'reason_change' as event_type,
        old_reasons.reason_tag_id as from_value,
        now_reasons.reason_tag_id as to_value
    from states
    left join reasons as now_reasons
        on
        states.tenant_id = now_reasons.tenant_id
        and states.ticket_id = now_reasons.ticket_id
        and states.seen_at = now_reasons.seen_at
    left join reasons as old_reasons
        on
        states.tenant_id = old_reasons.tenant_id
        and states.ticket_id = old_reasons.ticket_id
        and states.state_before = old_reasons.seen_at
    where
        states.state_before is not null
        and coalesce(now_reasons.reason_tag_id, '') <> coalesce(old_reasons.reason_tag_id, '')

    union all

    -- who holds a ticket when it is met first has taken it at some time since it was made
    select
        tenant_id,
        ticket_id,
        seen_at,
        'assignee_change' as event_type,
        assignee_before as from_value,
        assignee_id as to_value
    from states
    where coalesce(assignee_id, '') <> coalesce(assignee_before, '')

)

select
    events.*,
    {{ seconds_between('greatest(coalesce(states.previous_seen_at, states.created_at), states.created_at)', 'states.seen_at') }}
        as time_precision_s,
    states.ingested_at,
    states.row_hash,
    states.load_id
from tag_events as events
inner join states
    on
    events.tenant_id = states.tenant_id
    and events.ticket_id = states.ticket_id
    and events.seen_at = states.seen_at
