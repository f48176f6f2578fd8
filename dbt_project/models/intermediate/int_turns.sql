-- Customer turns with how they ended; grain: turn. A turn of nothing but flagged messages is waived at its start. First is the one
-- that holds the ticket's first message.

with

turns as (

    select
        lane_no,
        start_message_key,
        start_message_id,
        start_us,
        available_us,
        early_us,
        holds_first_message,
        is_flagged,
        last_message_us,
        end_us,
        end_kind,
        end_message_key,
        end_agent_key,
        message_count
    from {{ ref('int_turn_candidates') }}
    where not is_in_group
    union all
    select
        lane_no,
        start_message_key,
        start_message_id,
        start_us,
        available_us,
        early_us,
        holds_first_message,
        is_flagged,
        last_message_us,
        end_us,
        end_kind,
        end_message_key,
        end_agent_key,
        message_count
    from {{ ref('int_turns_merged') }}

),

contacts as (

    select
        ticket_no,
        min(start_us) as start_us
    from {{ ref('int_contacts') }}
    group by ticket_no

),

bots as (

    select
        lane_no,
        sent_us
    from {{ ref('int_lane_messages') }}
    where is_bot_answer
    group by lane_no, sent_us

)

select
    turns.lane_no,
    turns.start_message_key,
    turns.start_message_id,
    case
        when turns.holds_first_message and (contacts.start_us is null or contacts.start_us > turns.start_us) then 'first'
        else 'next'
    end as kind,
    turns.start_us,
    turns.available_us,
    turns.early_us,
    turns.message_count,
    turns.last_message_us,
    case when turns.is_flagged then turns.start_us else turns.end_us end as end_us,
    case when turns.is_flagged then 'flag' else turns.end_kind end as end_kind,
    case when not turns.is_flagged then turns.end_message_key end as end_message_key,
    case when not turns.is_flagged then turns.end_agent_key end as end_agent_key,
    case
        when not turns.is_flagged and answers.bot_us < coalesce(turns.end_us, {{ far_us() }}) then answers.bot_us
    end as bot_since_us,
    case
        when turns.is_flagged or (turns.end_kind = 'duplicate' and bots.sent_us >= turns.end_us) then null
        when turns.end_kind = 'thanks' and turns.end_us = turns.start_us then null
        when bots.sent_us <= coalesce(turns.end_us, {{ far_us() }}) then bots.sent_us
    end as first_bot_us,
    case when not turns.is_flagged and turns.end_kind in ('reply', 'solve') then turns.end_us end as human_answer_us
from turns
left join contacts on turns.lane_no = contacts.ticket_no
left join {{ ref('int_bot_answers') }} as answers
    on turns.lane_no = answers.lane_no
    and turns.last_message_us = answers.customer_us
{{ asof_left_join('bots', 'bots', [['turns.lane_no', 'lane_no']], 'turns.start_us', 'sent_us', '<=') }}
