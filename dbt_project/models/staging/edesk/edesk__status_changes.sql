-- Changes of status, told by the timeline or inferred from two polls where no item explains what the later one found. A ticket some of
-- whose items are not read yet infers nothing. What the first poll found came about at some time since the ticket was made: it is taken
-- to be when something was last said on it, since a ticket that nobody touched any more was not open until somebody looked. Grain: change.

with

tickets as (

    select * from {{ ref('stg_edesk__tickets') }}

),

openings as (

    select * from {{ ref('edesk__ticket_openings') }}

),

items as (

    select * from {{ ref('edesk__status_items') }}

),

named as (

    select
        tickets.tenant_id,
        tickets.ticket_id,
        tickets.created_at,
        tickets.load_id,
        count(item.value) as items_named
    from tickets
    left join lateral {{ json_values('tickets.messages_ids') }} as item on true
    group by tickets.tenant_id, tickets.ticket_id, tickets.created_at, tickets.load_id

),

states as (

    select
        states.tenant_id,
        states.ticket_id,
        states.seen_at,
        states.previous_seen_at,
        states.status,
        states.ingested_at,
        states.row_hash,
        named.created_at,
        lag(states.status) over (partition by states.tenant_id, states.ticket_id order by states.seen_at) as status_before,
        greatest(states.load_id, named.load_id, coalesce(openings.load_id, '')) as load_id
    from {{ ref('stg_edesk__ticket_states') }} as states
    inner join named
        on states.tenant_id = named.tenant_id and states.ticket_id = named.ticket_id
    left join openings
        on states.tenant_id = openings.tenant_id and states.ticket_id = openings.ticket_id
    where coalesce(openings.items_read, 0) >= named.items_named

),

last_words as (

    select
        states.tenant_id,
        states.ticket_id,
        max(items.created_at) as said_at
    from states
    inner join {{ ref('stg_edesk__messages') }} as items
        on
        states.tenant_id = items.tenant_id
        and states.ticket_id = items.ticket_id
        and items.created_at <= states.seen_at
    where states.previous_seen_at is null
    group by states.tenant_id, states.ticket_id

),

explained as (

    select
        states.tenant_id,
        states.ticket_id,
        states.seen_at,
        max(items.created_at) as told_at,
        {{ max_by('items.status_word', 'items.created_at') }} as told_status
    from states
    inner join items
        on
        states.tenant_id = items.tenant_id
        and states.ticket_id = items.ticket_id
        and items.created_at <= states.seen_at
        and (items.created_at > states.previous_seen_at or states.previous_seen_at is null)
    group by states.tenant_id, states.ticket_id, states.seen_at

),

inferred as (

    select
        states.*,
        coalesce(explained.told_status, states.status_before, 'Open') as from_word,
        greatest(
            coalesce(states.previous_seen_at, last_words.said_at, states.created_at),
            coalesce(explained.told_at, states.created_at),
            states.created_at
        ) as not_before
    from states
    left join last_words
        on
        states.tenant_id = last_words.tenant_id
        and states.ticket_id = last_words.ticket_id
        and states.previous_seen_at is null
    left join explained
        on
        states.tenant_id = explained.tenant_id
        and states.ticket_id = explained.ticket_id
        and states.seen_at = explained.seen_at
)

select
    tenant_id,
    ticket_id,
    'status-' || item_id as change_id,
    from_word,
    status_word as to_word,
    user_id as actor_id,
    case when user_id is null then 'unknown' else 'agent' end as actor_role,
    0 as time_precision_s,
    'audit_log' as event_source,
    created_at as occurred_at,
    ingested_at,
    row_hash,
    load_id
from items
where from_word <> status_word

union all

select
    tenant_id,
    ticket_id,
    ticket_id || '-' || cast({{ epoch_us('seen_at') }} as varchar) || '-status' as change_id,
    from_word,
    status as to_word,
    cast(null as varchar) as actor_id,
    'unknown' as actor_role,
    {{ seconds_between('not_before', 'seen_at') }} as time_precision_s,
    'snapshot_diff' as event_source,
    case when previous_seen_at is null then not_before else seen_at end as occurred_at,
    ingested_at,
    row_hash,
    load_id
from inferred
where from_word <> status
