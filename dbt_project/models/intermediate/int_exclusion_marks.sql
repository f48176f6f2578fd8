{{ config(materialized=step()) }}

-- What events say about spam and deletion of a ticket: the last mark up to as_of, and whether any event, also a later one, tells
-- when. Grain: ticket with such an event, exclusion.

with

events as (

    select
        events.ticket_key,
        events.event_type,
        events.occurred_at,
        events.seq,
        events.event_id,
        case
            when events.event_type in ('marked_spam', 'unmarked_spam') then 'spam'
            when events.event_type in ('deleted', 'restored') then 'deleted'
            when 'spam' in (events.from_value, events.to_value) then 'spam'
            else 'deleted'
        end as exclusion
    from {{ ref('canonical__ticket_events') }} as events
    inner join {{ ref('int_touched_tickets') }} as touched on events.ticket_key = touched.ticket_key
    where
        events.event_type in ('marked_spam', 'unmarked_spam', 'deleted', 'restored')
        or (
            events.event_type = 'status_change'
            and (events.from_value in ('spam', 'deleted') or events.to_value in ('spam', 'deleted'))
        )

),

ranked as (

    select
        *,
        row_number() over (
            partition by ticket_key, exclusion
            order by
                case when event_type <> 'status_change' and occurred_at <= {{ as_of_at() }} then 0 else 1 end,
                occurred_at desc,
                seq desc,
                event_id desc
        ) as latest_no
    from events

)

select
    ticket_key,
    exclusion,
    case
        when event_type <> 'status_change' and occurred_at <= {{ as_of_at() }}
            then event_type in ('marked_spam', 'deleted')
    end as is_marked
from ranked
where latest_no = 1
