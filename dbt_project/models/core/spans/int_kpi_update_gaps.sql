{{ config(materialized=step()) }}
-- Time between two public replies that follow each other on a ticket which was not solved in between. The lines of a live
-- session are a conversation and no updates.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

replies as (

    select
        tenant_id,
        message_key,
        ticket_key,
        original_ticket_key,
        assignee_agent_key,
        sent_at,
        lag(sent_at) over (partition by original_ticket_key order by sent_at, message_id) as previous_at
    from {{ ref('fct_messages') }}
    where
        {{ touched_only('original_ticket_key') }}
        and is_qualifying_reply
        and not is_ticket_excluded
        and message_kind not in ('call', 'chat_line')

),

done as (

    select
        ticket_key,
        from_at,
        to_at
    from {{ ref('int_ticket_states') }}
    where attribute = 'status' and value in ('solved', 'closed')

),

final as (

    select
        replies.tenant_id,
        replies.message_key,
        replies.original_ticket_key as ticket_key,
        replies.previous_at as from_at,
        replies.sent_at as to_at,
        replies.assignee_agent_key
    from replies
    inner join tickets on replies.original_ticket_key = tickets.ticket_key
    left join done
        on
        replies.original_ticket_key = done.ticket_key
        and (replies.sent_at > done.from_at or replies.previous_at = done.from_at)
        and (replies.previous_at < done.to_at or done.to_at is null)
    where
        replies.previous_at is not null
        and (tickets.merged_at is null or replies.sent_at <= tickets.merged_at)
        and done.ticket_key is null

)

select * from final
