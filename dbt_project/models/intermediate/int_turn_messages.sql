-- Customer messages with the end that their turn runs into (null = none yet); messages of a lane with the same end are one turn,
-- unless int_turn_breaks cuts it further. Grain: lane and message.

with

messages as (

    select
        *,
        row_number() over (partition by lane_no order by sent_us, message_id) as message_no
    from {{ ref('int_lane_messages') }}
    where is_turn_message

),

deletions as (

    -- a deletion by an agent excludes the turn, any other withdraws it
    select
        ticket_no,
        from_value as message_id,
        max(case when actor_role = 'agent' then 1 else 0 end) as by_agent
    from {{ ref('int_ticket_events_visible') }}
    where event_type = 'message_deleted'
    group by ticket_no, from_value

),

agents as (

    select
        tenant_id,
        source_system,
        agent_id
    from {{ ref('canonical__agents') }}

),

deleted as (

    select
        messages.message_key,
        max(coalesce(deletions.by_agent, case when agents.agent_id is not null then 1 else 0 end)) as by_agent
    from messages
    inner join {{ ref('int_tickets_visible') }} as tickets on messages.ticket_no = tickets.ticket_no
    left join deletions
        on messages.ticket_no = deletions.ticket_no
        and messages.message_id = deletions.message_id
    left join agents
        on tickets.tenant_id = agents.tenant_id
        and tickets.source_system = agents.source_system
        and messages.deleted_by = agents.agent_id
    where messages.deleted_us is not null
    group by messages.message_key

)

select
    messages.lane_no,
    messages.ticket_no,
    messages.message_key,
    messages.message_id,
    messages.message_no,
    messages.sent_us,
    messages.available_us,
    messages.early_us,
    messages.deleted_us,
    coalesce(deleted.by_agent, 0) as deleted_by_agent,
    messages.is_flagged,
    messages.is_thanks,
    messages.is_in_group,
    coalesce(ends.match_us, {{ far_us() }}) as match_us,
    ends.end_us,
    ends.end_kind,
    ends.end_message_key,
    ends.end_agent_key
from messages
{{ asof_left_join(ref('int_turn_ends'), 'ends', [['messages.lane_no', 'lane_no']], 'messages.sent_us', 'match_us', '<=') }}
left join deleted on messages.message_key = deleted.message_key
