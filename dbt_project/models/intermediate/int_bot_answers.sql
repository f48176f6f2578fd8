{{ config(materialized=step()) }}

-- First bot or automated answer after a customer message, and when it became the whole answer: 72 h of silence on a ticket that
-- then stands solved, or is solved later before the customer writes again. Grain: lane and customer message answered.

with

messages as (

    select * from {{ ref('int_lane_messages') }}

),

customer_messages as (

    select
        lane_no,
        sent_us
    from messages
    where is_turn_message
    group by lane_no, sent_us

),

bot_messages as (

    select
        lane_no,
        sent_us
    from messages
    where is_bot_answer

),

preceded as (

    select
        bot_messages.lane_no,
        customers.sent_us as customer_us,
        min(bot_messages.sent_us) as bot_us
    from bot_messages
    {{ asof_left_join('customer_messages', 'customers', [['bot_messages.lane_no', 'lane_no']], 'bot_messages.sent_us', 'sent_us') }}
    where customers.sent_us is not null
    group by bot_messages.lane_no, customers.sent_us

),

followed as (

    select
        preceded.lane_no,
        preceded.customer_us,
        preceded.bot_us,
        preceded.bot_us + {{ hours_us(72) }} as silent_us,
        customers.sent_us as next_customer_us
    from preceded
    {{ asof_left_join('customer_messages', 'customers', [['preceded.lane_no', 'lane_no']], 'preceded.bot_us', 'sent_us', '<') }}

),

solved as (

    select
        lane_no,
        from_us,
        to_us
    from {{ ref('int_lane_states') }}
    where attribute = 'status' and value in ('solved', 'closed')

),

contained as (

    select
        followed.lane_no,
        followed.customer_us,
        min(greatest(solved.from_us, followed.silent_us)) as contained_us
    from followed
    inner join solved on followed.lane_no = solved.lane_no and followed.silent_us < solved.to_us
    where
        followed.silent_us <= {{ as_of_us() }}
        and (followed.next_customer_us is null or followed.next_customer_us >= followed.silent_us)
    group by followed.lane_no, followed.customer_us

)

select
    followed.lane_no,
    followed.customer_us,
    followed.bot_us,
    case
        when
            followed.next_customer_us is null
            or followed.next_customer_us > contained.contained_us
            or (followed.next_customer_us = contained.contained_us and contained.contained_us = followed.silent_us)
            then contained.contained_us
    end as contained_us,
    followed.silent_us
from followed
left join contained
    on followed.lane_no = contained.lane_no
    and followed.customer_us = contained.customer_us
