-- Which ticket holds an original ticket from when to when: itself, then the root it was merged into, then that root's root.
-- Only tickets of merge groups; grain: ticket and holder. Merges after as_of have not happened.

with recursive

tickets as (

    select
        tickets.ticket_key,
        tickets.merged_into_ticket_key,
        tickets.created_at,
        tickets.source_updated_at
    from {{ ref('canonical__tickets') }} as tickets
    inner join {{ ref('int_touched_tickets') }} as touched on tickets.ticket_key = touched.ticket_key
    where tickets.created_at <= {{ as_of_at() }}

),

merge_events as (

    select
        ticket_key,
        max(case when occurred_at <= {{ as_of_at() }} then occurred_at end) as merged_at,
        count(*) as event_count
    from {{ ref('canonical__ticket_events') }}
    where event_type = 'merged'
    group by ticket_key

),

hops as (

    select
        secondaries.ticket_key,
        secondaries.merged_into_ticket_key as into_key,
        {{ epoch_us('coalesce(merge_events.merged_at, secondaries.source_updated_at)') }} as merged_us
    from tickets as secondaries
    inner join tickets as targets on secondaries.merged_into_ticket_key = targets.ticket_key
    left join merge_events on secondaries.ticket_key = merge_events.ticket_key
    where
        secondaries.ticket_key <> targets.ticket_key
        and case
            when coalesce(merge_events.event_count, 0) > 0 then merge_events.merged_at is not null
            else secondaries.source_updated_at <= {{ as_of_at() }}
        end

),

members as (

    select ticket_key from hops
    union
    select into_key as ticket_key from hops

),

walk as (

    select
        ticket_key,
        ticket_key as holder_key,
        0 as depth,
        cast({{ dawn_us() }} as bigint) as from_us
    from members
    union all
    select
        walk.ticket_key,
        hops.into_key as holder_key,
        walk.depth + 1 as depth,
        greatest(walk.from_us, hops.merged_us) as from_us
    from walk
    inner join hops on walk.holder_key = hops.ticket_key
    where walk.depth < 32

),

endless as (

    -- a ring of merges has no root: its tickets stand alone
    select distinct ticket_key from walk
    where depth = 32

),

spans as (

    select
        walk.ticket_key,
        walk.holder_key,
        walk.depth,
        walk.from_us,
        coalesce(
            lead(walk.from_us) over (partition by walk.ticket_key order by walk.depth),
            {{ far_us() }}
        ) as to_us,
        max(walk.depth) over (partition by walk.ticket_key) as last_depth
    from walk
    left join endless on walk.ticket_key = endless.ticket_key
    where endless.ticket_key is null

)

select
    ticket_key,
    holder_key,
    depth,
    from_us,
    to_us,
    depth = last_depth as is_root
from spans
where from_us < to_us
