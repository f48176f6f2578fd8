-- Contacts that are no run of messages: calls and chat sessions offered (one obligation each) and proxy tickets (answered at once).
-- Grain: live message or proxy ticket. A short abandon is no contact.

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

messages as (

    select * from {{ ref('int_messages_visible') }}

),

assignees as (

    select * from {{ ref('int_lane_states') }}
    where attribute = 'assignee'

),

live_messages as (

    select
        messages.*,
        tickets.tenant_id,
        tickets.channel_id,
        case
            when messages.answered_us <= coalesce(messages.abandoned_us, messages.answered_us)
                then greatest(messages.answered_us, messages.queue_entered_us)
        end as picked_up_us,
        case
            when messages.answered_us <= coalesce(messages.abandoned_us, messages.answered_us)
                then messages.queue_entered_us - messages.answered_us
        end as early_us
    from messages
    inner join tickets on messages.ticket_no = tickets.ticket_no
    where messages.is_live_contact and messages.queue_entered_us <= {{ as_of_us() }}

),

live as (

    select
        live_messages.ticket_no,
        live_messages.message_key as source_key,
        live_messages.message_id as source_id,
        'live' as mode,
        live_messages.queue_entered_us as start_us,
        live_messages.picked_up_us as answered_us,
        case
            when live_messages.picked_up_us is null then coalesce(live_messages.abandoned_us, live_messages.ended_us)
        end as missed_us,
        case
            when live_messages.author_role = 'agent' then live_messages.author_agent_key
            else assignees.value
        end as responder_agent_key,
        coalesce(live_messages.early_us > 0, false) as is_clock_anomaly,
        coalesce(live_messages.early_us > 120000000, false) as is_beyond_skew
    from live_messages
    left join {{ ref('int_channel_policies') }} as policies
        on live_messages.tenant_id = policies.tenant_id
        and live_messages.channel_id = policies.channel_id
        and live_messages.queue_entered_us >= policies.from_us
        and live_messages.queue_entered_us < policies.to_us
    left join assignees
        on live_messages.ticket_no = assignees.lane_no
        and live_messages.picked_up_us >= assignees.from_us
        and live_messages.picked_up_us < assignees.to_us
    where
        live_messages.picked_up_us is not null
        or live_messages.abandoned_us is null
        or live_messages.abandoned_us - live_messages.queue_entered_us
        >= coalesce(policies.short_abandon_s, 10) * 1000000

),

first_agents as (

    -- who logged the call: the author of the first message by an agent
    select
        ticket_no,
        author_agent_key,
        row_number() over (partition by ticket_no order by sent_us, message_id) as message_no
    from messages
    where author_role = 'agent' and author_agent_key is not null

),

proxies as (

    select
        tickets.ticket_no,
        tickets.ticket_key as source_key,
        '' as source_id,
        'proxy' as mode,
        tickets.created_us as start_us,
        tickets.created_us as answered_us,
        cast(null as bigint) as missed_us,
        coalesce(first_agents.author_agent_key, assignees.value) as responder_agent_key,
        false as is_clock_anomaly,
        false as is_beyond_skew
    from tickets
    left join first_agents
        on tickets.ticket_no = first_agents.ticket_no
        and first_agents.message_no = 1
    left join assignees
        on tickets.ticket_no = assignees.lane_no
        and tickets.created_us >= assignees.from_us
        and tickets.created_us < assignees.to_us
    where tickets.origin = 'proxy'

)

select * from live
union all
select * from proxies
