{{ config(materialized=step()) }}

-- Turns as every lane sees them; grain: lane and turn. In merge groups several lanes see the same message: int_turns keeps the turn
-- of the lane that began it.

with

messages as (

    select
        messages.lane_no,
        messages.ticket_no,
        messages.message_key,
        messages.message_id,
        messages.message_no,
        messages.sent_us,
        messages.available_us,
        messages.early_us,
        messages.is_in_group,
        messages.match_us,
        messages.is_flagged,
        coalesce(breaks.turn_start_no, 0) as turn_start_no,
        coalesce(breaks.end_us, messages.end_us) as end_us,
        coalesce(breaks.end_kind, messages.end_kind) as end_kind,
        case when breaks.end_kind is null then messages.end_message_key end as end_message_key,
        case when breaks.end_kind is null then messages.end_agent_key else breaks.end_agent_key end as end_agent_key
    from {{ ref('int_turn_messages') }} as messages
    left join {{ ref('int_turn_breaks') }} as breaks
        on messages.lane_no = breaks.lane_no
        and messages.message_no = breaks.message_no

),

turns as (

    select
        lane_no,
        match_us,
        turn_start_no,
        coalesce(min(case when not is_flagged then message_no end), min(message_no)) as start_message_no,
        min(message_no) as first_message_no,
        min(case when ticket_no = lane_no then message_no end) as first_own_no,
        min(case when is_flagged then 1 else 0 end) = 1 as is_flagged,
        max(sent_us) as last_message_us,
        count(*) as message_count
    from messages
    group by lane_no, match_us, turn_start_no

)

select
    turns.lane_no,
    starts.ticket_no,
    starts.message_key as start_message_key,
    starts.message_id as start_message_id,
    turns.start_message_no,
    turns.first_message_no,
    turns.match_us,
    turns.turn_start_no,
    starts.sent_us as start_us,
    starts.available_us,
    starts.early_us,
    starts.is_in_group,
    turns.first_own_no = min(turns.first_own_no) over (partition by turns.lane_no) as holds_first_message,
    turns.is_flagged,
    turns.last_message_us,
    turns.message_count,
    starts.end_us,
    starts.end_kind,
    starts.end_message_key,
    starts.end_agent_key
from turns
inner join messages as starts
    on turns.lane_no = starts.lane_no
    and turns.start_message_no = starts.message_no
