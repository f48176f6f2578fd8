{{ config(materialized=step()) }}
-- First public reply that offered a solution, of tickets solved at least once: the first one marked as solution, else the
-- first within 60 s of the first solve by the one who solved, else the last before it. Replies later than that are no part of it.

with

cycles as (

    select
        cycles.*,
        {{ add_seconds('cycles.ended_at', 60) }} as candidates_until
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join {{ ref('dim_tickets') }} as tickets on cycles.ticket_key = tickets.ticket_key
    where
        {{ touched_only('cycles.ticket_key') }}
        and not tickets.is_excluded
        and cycles.cycle_no = 1
        and cycles.ended_at is not null

),

replies as (

    select * from {{ ref('fct_messages') }}
    where is_human_public_reply

),

candidates as (

    select
        cycles.tenant_id,
        cycles.ticket_key,
        cycles.first_contact_at,
        cycles.ended_at as solved_at,
        replies.message_key,
        replies.message_id,
        replies.sent_at,
        replies.team_key,
        replies.author_agent_key,
        case
            when replies.is_solution then 1
            when
                cycles.ended_by_role = 'agent'
                and cycles.resolver_agent_key <> 'unowned'
                and cycles.resolver_agent_key = replies.author_agent_key
                and {{ add_seconds('replies.sent_at', 60) }} >= cycles.ended_at
                then 2
            when replies.sent_at <= cycles.ended_at then 3
        end as method
    from cycles
    inner join replies
        on
        cycles.ticket_key = replies.ticket_key
        and cycles.first_contact_at <= replies.sent_at
        and cycles.candidates_until >= replies.sent_at

),

ranked as (

    select
        *,
        row_number() over (
            partition by ticket_key, method
            order by sent_at, message_id
        ) as first_no,
        row_number() over (
            partition by ticket_key, method
            order by sent_at desc, message_id desc
        ) as last_no
    from candidates
    where method is not null

),

chosen as (

    -- of the third kind the last reply counts, of the others the first
    select
        *,
        row_number() over (partition by ticket_key order by method) as choice_no
    from ranked
    where (method < 3 and first_no = 1) or (method = 3 and last_no = 1)

)

select
    tenant_id,
    ticket_key,
    first_contact_at,
    solved_at,
    sent_at as solution_at,
    message_key,
    method,
    team_key,
    coalesce(author_agent_key, 'unowned') as agent_key
from chosen
where choice_no = 1
