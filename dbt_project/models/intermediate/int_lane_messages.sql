-- Messages that form, answer or silence turns, on every lane they count for; grain: lane and message.

select
    coalesce(map.lane_no, messages.ticket_no) as lane_no,
    messages.ticket_no,
    messages.message_key,
    messages.message_id,
    messages.sent_us,
    greatest(messages.available_us, messages.sent_us) as available_us,
    messages.sent_us - messages.available_us as early_us,
    messages.deleted_us,
    messages.deleted_by,
    messages.author_agent_key,
    messages.is_flagged,
    messages.is_thanks,
    messages.is_turn_message,
    messages.is_qualifying_reply,
    messages.is_bot_answer,
    map.lane_no is not null as is_in_group
from {{ ref('int_messages_visible') }} as messages
left join {{ ref('int_lane_map') }} as map
    on messages.ticket_no = map.ticket_no
    and messages.sent_us >= map.from_us
    and messages.sent_us < map.to_us
where messages.is_turn_message or messages.is_qualifying_reply or messages.is_bot_answer
