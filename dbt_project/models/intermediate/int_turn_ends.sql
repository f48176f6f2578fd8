{{ config(materialized=step()) }}

-- What ends every turn open on a lane: a qualifying reply, a no-reply mark, a close by customer or platform, a bot answer left
-- standing, or a solve where the channel's policy lets it fulfil. Grain: lane and instant (match_us: messages sent up to it belong
-- to the turn that ends here; a message at the very end of a bot's 72 h already begins the next).

with

replies as (

    select
        lane_no,
        sent_us as match_us,
        sent_us as end_us,
        'reply' as end_kind,
        0 as end_rank,
        0 as end_seq,
        message_id as end_id,
        message_key as end_message_key,
        author_agent_key as end_agent_key
    from {{ ref('int_lane_messages') }}
    where is_qualifying_reply

),

events as (

    -- whether a solve fulfils is for the channel of the ticket that is solved to say, for every lane it holds
    select
        events.*,
        tickets.tenant_id,
        tickets.channel_id
    from {{ ref('int_lane_events') }} as events
    inner join {{ ref('int_tickets_visible') }} as tickets on events.ticket_no = tickets.ticket_no

),

closes as (

    select
        events.lane_no,
        events.at_us as match_us,
        events.at_us as end_us,
        case
            when events.event_type = 'marked_no_reply_needed' then 'mark'
            when events.reason_code = 'platform_closed' then 'platform_close'
            when events.actor_role = 'customer' then 'customer_close'
            else 'solve'
        end as end_kind,
        1 as end_rank,
        events.seq as end_seq,
        events.event_id as end_id,
        cast(null as {{ dbt.type_string() }}) as end_message_key,
        case when events.actor_role = 'agent' then events.actor_agent_key end as end_agent_key
    from events
    left join {{ ref('int_channel_policies') }} as policies
        on events.tenant_id = policies.tenant_id
        and events.channel_id = policies.channel_id
        and policies.obligation_mode = 'solve_fulfils'
        and events.at_us >= policies.from_us
        and events.at_us < policies.to_us
    where
        events.event_type = 'marked_no_reply_needed'
        or (
            events.is_done
            and (
                events.actor_role = 'customer'
                or events.reason_code = 'platform_closed'
                or policies.channel_id is not null
            )
        )

),

bots as (

    select
        lane_no,
        case when contained_us = silent_us then contained_us - 1 else contained_us end as match_us,
        contained_us as end_us,
        'bot' as end_kind,
        2 as end_rank,
        0 as end_seq,
        '' as end_id,
        cast(null as {{ dbt.type_string() }}) as end_message_key,
        cast(null as {{ dbt.type_string() }}) as end_agent_key
    from {{ ref('int_bot_answers') }}
    where contained_us is not null

),

ends as (

    select * from replies
    union all
    select * from closes
    union all
    select * from bots

),

ranked as (

    select
        *,
        row_number() over (partition by lane_no, match_us order by end_rank, end_seq, end_id) as rank_at_instant
    from ends

)

select
    lane_no,
    match_us,
    end_us,
    end_kind,
    end_message_key,
    end_agent_key
from ranked
where rank_at_instant = 1
