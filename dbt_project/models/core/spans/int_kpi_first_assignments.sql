{{ config(materialized=step()) }}
-- From the instant the first customer turn of a ticket was visible to the first agent who had it, or to the reply if nobody had
-- it before. Calls, chats and logged calls wait in another queue.

with

tickets as (

    select * from {{ ref('dim_tickets') }}
    where {{ touched_only() }} and not is_excluded and not is_merged

),

first_turns as (

    select
        original_ticket_key as ticket_key,
        min(available_at) as available_at,
        min(satisfied_at) as satisfied_at
    from {{ ref('fct_response_obligations') }}
    where
        {{ touched_only('original_ticket_key') }}
        and kind = 'first'
        and not is_live
        and not is_proxy
        and state <> 'excluded'
    group by original_ticket_key

),

holders as (

    select states.*
    from {{ ref('int_ticket_states') }} as states
    left join {{ ref('dim_agents') }} as agents on states.value = agents.agent_key
    where
        states.attribute = 'assignee'
        and states.value is not null
        and not coalesce(agents.is_bot, false)

),

assigned as (

    select
        first_turns.ticket_key,
        min(case when holders.from_at < first_turns.available_at then first_turns.available_at else holders.from_at end) as assigned_at
    from first_turns
    inner join holders
        on
        first_turns.ticket_key = holders.ticket_key
        and (holders.to_at > first_turns.available_at or holders.to_at is null)
    group by first_turns.ticket_key

),

final as (

    select
        tickets.tenant_id,
        tickets.ticket_key,
        first_turns.available_at as from_at,
        case
            when assigned.assigned_at <= first_turns.satisfied_at or first_turns.satisfied_at is null then assigned.assigned_at
            when first_turns.satisfied_at < first_turns.available_at then first_turns.available_at
            else first_turns.satisfied_at
        end as to_at,
        case
            when assigned.assigned_at <= first_turns.satisfied_at or first_turns.satisfied_at is null then 'assigned'
            else 'answered without assignment'
        end as ended_by
    from tickets
    inner join first_turns on tickets.ticket_key = first_turns.ticket_key
    left join assigned on first_turns.ticket_key = assigned.ticket_key

)

select * from final
where to_at is not null
