{{ config(materialized=step()) }}

-- Where a run of customer messages falls into several turns: after a thank-you that was waived (by the first solve of an agent
-- within 72 h, or from the start on a ticket that stood solved), and where all messages so far were deleted. Waived thank-yous are
-- a prefix of the run: the first part that is not waived keeps everything after it. Grain: lane and message.

with

messages as (

    select * from {{ ref('int_turn_deletions') }}

),

statuses as (

    -- at equal instants a merge comes before a message, a status change after it
    select
        lane_no,
        case when is_from_merge then from_us - 1 else from_us end as from_us,
        coalesce(value in ('solved', 'closed'), false) as is_done
    from {{ ref('int_lane_states') }}
    where attribute = 'status'

),

returns as (

    -- also one that was undone at the same instant, which leaves no span behind
    select
        lane_no,
        from_us
    from statuses
    where not is_done
    union
    select
        lane_no,
        at_us as from_us
    from {{ ref('int_lane_events') }}
    where event_type = 'status_change' and not is_done

),

agent_events as (

    -- of several at one instant the last event counts, whatever keys their persons have
    select
        *,
        row_number() over (partition by lane_no, at_us order by seq desc, event_id desc) as latest_no
    from {{ ref('int_lane_events') }}
    where is_done and actor_role = 'agent'

),

agent_closes as (

    select
        lane_no,
        at_us,
        actor_agent_key as closer_agent_key
    from agent_events
    where latest_no = 1

),

first_runs as (

    -- a thank-you opens no first turn
    select
        messages.lane_no,
        min(messages.match_us) as match_us
    from {{ ref('int_turn_messages') }} as messages
    left join {{ ref('int_contacts') }} as contacts
        on messages.lane_no = contacts.ticket_no
        and messages.sent_us >= contacts.start_us
    where messages.lane_no = messages.ticket_no and contacts.ticket_no is null
    group by messages.lane_no

),

looked_up as (

    select
        messages.*,
        statuses.is_done
        and (returns.from_us is null or returns.from_us > messages.sent_us + {{ hours_us(72) }})
        and messages.is_thanks as is_waived_at_once,
        case
            when agent_closes.at_us < coalesce(messages.withdrawn_us, messages.match_us) then agent_closes.at_us
        end as close_us,
        agent_closes.closer_agent_key
    from messages
    {{ asof_left_join('statuses', 'statuses', [['messages.lane_no', 'lane_no']], 'messages.sent_us', 'from_us', '>') }}
    {{ asof_left_join('returns', 'returns', [['messages.lane_no', 'lane_no']], 'messages.sent_us', 'from_us', '<=') }}
    {{ asof_left_join('agent_closes', 'agent_closes', [['messages.lane_no', 'lane_no']], 'messages.sent_us', 'at_us', '<=') }}
    where messages.is_carrying

),

led as (

    select
        *,
        sum(case when is_waived_at_once then 0 else 1 end) over (
            partition by lane_no, match_us, part_no, close_us
            order by message_no
            rows between unbounded preceding and current row
        ) = 0 as is_single
    from looked_up

),

pieces as (

    select
        *,
        case
            when is_single then message_no
            else min(case when not is_single then message_no end) over (partition by lane_no, match_us, part_no, close_us)
        end as piece_no
    from led

),

judged as (

    select
        pieces.lane_no,
        pieces.match_us,
        pieces.part_no,
        pieces.piece_no,
        min(pieces.sent_us) as start_us,
        min(pieces.close_us) as close_us,
        min(pieces.closer_agent_key) as closer_agent_key,
        max(case when pieces.is_single then 1 else 0 end) as is_single,
        case
            when
                first_runs.lane_no is not null
                and pieces.part_no = 0
                and pieces.piece_no = min(min(pieces.piece_no)) over (partition by pieces.lane_no, pieces.match_us, pieces.part_no)
                then 0
            when max(case when pieces.is_single then 1 else 0 end) = 1 then 1
            when
                min(case when pieces.is_thanks then 1 else 0 end) = 1
                and min(pieces.close_us) <= min(pieces.sent_us) + {{ hours_us(72) }}
                then 1
            else 0
        end as is_waivable
    from pieces
    left join first_runs
        on pieces.lane_no = first_runs.lane_no
        and pieces.match_us = first_runs.match_us
    group by
        pieces.lane_no,
        pieces.match_us,
        pieces.part_no,
        pieces.piece_no,
        first_runs.lane_no

),

prefixes as (

    select
        *,
        min(is_waivable) over (
            partition by lane_no, match_us, part_no
            order by piece_no
            rows between unbounded preceding and current row
        ) as is_waived
    from judged

),

turns as (

    select
        pieces.lane_no,
        pieces.message_no,
        pieces.match_us,
        case
            when prefixes.is_waived = 1 then prefixes.piece_no
            else min(case when prefixes.is_waived = 0 then prefixes.piece_no end) over (
                partition by pieces.lane_no, pieces.match_us, pieces.part_no
            )
        end as turn_start_no,
        case
            when prefixes.is_waived = 1 and prefixes.is_single = 1 then prefixes.start_us
            when prefixes.is_waived = 1 then prefixes.close_us
            else pieces.withdrawn_us
        end as end_us,
        case
            when prefixes.is_waived = 1 then 'thanks'
            when pieces.withdrawn_us is not null and pieces.deleted_by_agent = 1 then 'agent_deletion'
            when pieces.withdrawn_us is not null then 'withdrawal'
        end as end_kind,
        case when prefixes.is_waived = 1 and prefixes.is_single = 0 then prefixes.closer_agent_key end as end_agent_key
    from pieces
    inner join prefixes
        on pieces.lane_no = prefixes.lane_no
        and pieces.match_us = prefixes.match_us
        and pieces.part_no = prefixes.part_no
        and pieces.piece_no = prefixes.piece_no

)

select
    messages.lane_no,
    messages.message_no,
    coalesce(
        turns.turn_start_no,
        min(turns.turn_start_no) over (partition by messages.lane_no, messages.match_us)
    ) as turn_start_no,
    turns.end_us,
    turns.end_kind,
    turns.end_agent_key
from messages
left join turns
    on messages.lane_no = turns.lane_no
    and messages.message_no = turns.message_no
