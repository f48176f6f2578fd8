-- Stretches during which a turn stood closed without an answer: from the first close to the next reopening or customer message
-- (null = still). The closer is the first agent among those who closed. Grain: turn and stretch.

with

turns as (

    select
        lane_no,
        start_message_key,
        start_us,
        end_us
    from {{ ref('int_turns') }}

),

events as (

    select * from {{ ref('int_lane_events') }}
    where is_done

),

solved as (

    -- a close undone at the same instant never stood
    select
        lane_no,
        from_us,
        to_us
    from {{ ref('int_lane_states') }}
    where attribute = 'status' and value in ('solved', 'closed')

),

during as (

    select
        events.lane_no,
        turns.start_message_key,
        events.at_us,
        events.seq,
        events.event_id,
        events.actor_role,
        events.actor_agent_key
    from events
    {{ asof_left_join('turns', 'turns', [['events.lane_no', 'lane_no']], 'events.at_us', 'start_us') }}
    inner join solved
        on events.lane_no = solved.lane_no
        and events.at_us >= solved.from_us
        and events.at_us < solved.to_us
    where turns.start_us is not null and events.at_us < coalesce(turns.end_us, {{ far_us() }})

),

clears as (

    select
        lane_no,
        from_us as at_us
    from {{ ref('int_lane_states') }}
    where attribute = 'status' and (value is null or value not in ('solved', 'closed'))
    union
    select
        lane_no,
        sent_us as at_us
    from {{ ref('int_turn_messages') }}

),

cleared as (

    select
        during.start_message_key,
        during.at_us,
        during.actor_role,
        during.actor_agent_key,
        coalesce(clears.at_us, {{ far_us() }}) as cleared_us,
        row_number() over (
            partition by during.start_message_key, coalesce(clears.at_us, {{ far_us() }})
            order by
                case when during.actor_role = 'agent' then 0 else 1 end,
                during.at_us,
                during.seq,
                during.event_id
        ) as agent_first_no,
        min(during.at_us) over (
            partition by during.start_message_key, coalesce(clears.at_us, {{ far_us() }})
        ) as closed_us
    from during
    {{ asof_left_join('clears', 'clears', [['during.lane_no', 'lane_no']], 'during.at_us', 'at_us', '<') }}

)

select
    start_message_key,
    closed_us,
    cleared_us,
    case when actor_role = 'agent' then at_us end as agent_closed_us,
    case when actor_role = 'agent' then actor_agent_key end as closer_agent_key
from cleared
where agent_first_no = 1
