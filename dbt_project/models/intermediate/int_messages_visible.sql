-- Messages sent up to as_of, with what the rules of turns read; a deletion after as_of is not known yet.
-- Grain: message.

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

messages as (

    select
        tickets.ticket_no,
        tickets.origin,
        tickets.created_us,
        tickets.order_key,
        tickets.channel_key,
        tickets.root_no,
        messages.tenant_id,
        messages.message_key,
        messages.message_id,
        {{ epoch_us('messages.sent_at') }} as sent_us,
        {{ epoch_us('messages.available_at') }} as available_us,
        case when messages.deleted_at <= {{ as_of_at() }} then {{ epoch_us('messages.deleted_at') }} end as deleted_us,
        case when messages.deleted_at <= {{ as_of_at() }} then messages.deleted_by end as deleted_by,
        messages.author_role,
        messages.author_id,
        messages.author_agent_key,
        messages.is_automated,
        messages.message_kind,
        messages.visibility = 'public' as is_public,
        messages.delivery_status in ('sent', 'delivered') as is_delivered,
        coalesce(messages.no_reply_needed, false) as is_flagged,
        coalesce(messages.is_thanks, false) and coalesce(messages.body_chars, 0) <= 60 as is_thanks,
        messages.body_hash,
        messages.direction,
        messages.visibility,
        messages.delivery_status,
        messages.macro_key,
        messages.macro_edit_ratio,
        messages.is_solution,
        messages.is_thanks as is_thanks_text,
        messages.body_chars,
        {{ epoch_us('messages.call_queue_entered_at') }} as queue_entered_us,
        case when messages.call_answered_at <= {{ as_of_at() }} then {{ epoch_us('messages.call_answered_at') }} end as answered_us,
        case when messages.call_ended_at <= {{ as_of_at() }} then {{ epoch_us('messages.call_ended_at') }} end as ended_us,
        case when messages.abandoned_at <= {{ as_of_at() }} then {{ epoch_us('messages.abandoned_at') }} end as abandoned_us
    from {{ ref('canonical__messages') }} as messages
    inner join tickets on messages.ticket_key = tickets.ticket_key
    where messages.sent_at <= {{ as_of_at() }}

),

live_tickets as (

    select distinct ticket_no from messages
    where queue_entered_us is not null

),

copies as (

    -- the same text of the same author about the same order through another channel, at most 600 s before
    select distinct later.message_key
    from messages as later
    inner join {{ ref('int_order_messages') }} as earlier
        on later.tenant_id = earlier.tenant_id
        and later.order_key = earlier.order_key
        and later.body_hash = earlier.body_hash
        and later.channel_key <> earlier.channel_key
        and coalesce(later.author_id, '') = coalesce(earlier.author_id, '')
    where
        later.is_public
        and later.author_role = 'customer'
        and earlier.sent_us >= later.sent_us - 600000000
        and (
            earlier.sent_us < later.sent_us
            or (earlier.sent_us = later.sent_us and earlier.message_id < later.message_id)
        )

),

standing_replies as (

    select
        ticket_no,
        sent_us
    from messages
    where
        is_public
        and author_role = 'agent'
        and not is_automated
        and is_delivered
        and queue_entered_us is null
        and message_kind <> 'case_action'
        and (deleted_us is null or deleted_us - sent_us >= {{ 15 * 60 * 1000000 }})

),

replaced as (

    -- a reply deleted within 15 minutes counts when another one that stands follows it, at most 15 minutes after the deletion
    select distinct messages.message_key
    from messages
    inner join standing_replies on messages.ticket_no = standing_replies.ticket_no
    where
        messages.author_role = 'agent'
        and messages.deleted_us - messages.sent_us < {{ 15 * 60 * 1000000 }}
        and standing_replies.sent_us > messages.sent_us
        and standing_replies.sent_us <= messages.deleted_us + {{ 15 * 60 * 1000000 }}

)

select
    messages.ticket_no,
    messages.root_no,
    messages.message_key,
    messages.message_id,
    messages.sent_us,
    messages.available_us,
    messages.deleted_us,
    messages.deleted_by,
    messages.author_role,
    messages.author_agent_key,
    messages.is_automated,
    messages.message_kind,
    messages.is_public,
    messages.is_flagged,
    messages.is_thanks,
    messages.queue_entered_us,
    messages.answered_us,
    messages.ended_us,
    messages.abandoned_us,
    messages.direction,
    messages.visibility,
    messages.delivery_status,
    messages.macro_key,
    messages.macro_edit_ratio,
    messages.is_solution,
    coalesce(messages.is_thanks_text, false) as is_thanks_text,
    messages.body_chars,
    copies.message_key is not null as is_duplicate,
    messages.queue_entered_us is not null as is_live_contact,
    messages.is_public and messages.author_role = 'agent' and not messages.is_automated and messages.is_delivered
        as is_human_public_reply,
    messages.is_public
    and messages.author_role = 'agent'
    and not messages.is_automated
    and messages.is_delivered
    and messages.queue_entered_us is null
    and messages.message_kind <> 'case_action'
    and (
        messages.deleted_us is null
        or messages.deleted_us - messages.sent_us >= {{ 15 * 60 * 1000000 }}
        or replaced.message_key is not null
    ) as is_qualifying_reply,
    messages.is_public
    and messages.is_delivered
    and (
        messages.author_role = 'bot'
        or (messages.is_automated and messages.author_role in ('agent', 'system'))
    ) as is_bot_answer,
    messages.is_public
    and messages.author_role = 'customer'
    and messages.queue_entered_us is null
    and copies.message_key is null
    and not (live_tickets.ticket_no is not null and messages.message_kind in ('call', 'chat_line'))
    and not (
        messages.origin = 'proxy'
        and (messages.sent_us <= messages.created_us or messages.message_kind = 'call')
    ) as is_turn_message
from messages
left join live_tickets on messages.ticket_no = live_tickets.ticket_no
left join copies on messages.message_key = copies.message_key
left join replaced on messages.message_key = replaced.message_key
