{{ config(materialized=step()) }}

-- Runs of customer messages that need a closer look because one was deleted or is a thank-you, cut where everything the customer
-- had written since the turn's start was deleted before the next message. Grain: lane and message of such a run.

with

messages as (

    select * from {{ ref('int_turn_messages') }}

),

suspects as (

    select
        lane_no,
        match_us
    from messages
    where deleted_us is not null or is_thanks
    group by lane_no, match_us

),

ordered as (

    -- leading flagged messages do not carry the turn, so their deletion does not matter
    select
        messages.*,
        sum(case when messages.is_flagged then 0 else 1 end) over (
            partition by messages.lane_no, messages.match_us
            order by messages.message_no
            rows between unbounded preceding and current row
        ) as carried,
        lead(messages.sent_us) over (
            partition by messages.lane_no, messages.match_us
            order by messages.message_no
        ) as next_sent_us
    from messages
    inner join suspects
        on messages.lane_no = suspects.lane_no
        and messages.match_us = suspects.match_us

),

reached as (

    select
        *,
        max(case when carried > 0 then coalesce(deleted_us, {{ far_us() }}) else 0 end) over (
            partition by lane_no, match_us
            order by message_no
            rows between unbounded preceding and current row
        ) as deleted_until_us
    from ordered

),

cuts as (

    select
        *,
        case
            when carried > 0 and deleted_until_us < coalesce(next_sent_us, match_us) then deleted_until_us
        end as withdrawn_us
    from reached

),

numbered as (

    select
        *,
        coalesce(count(withdrawn_us) over (
            partition by lane_no, match_us
            order by message_no
            rows between unbounded preceding and 1 preceding
        ), 0) as part_no
    from cuts

)

select
    lane_no,
    ticket_no,
    match_us,
    message_no,
    sent_us,
    carried > 0 as is_carrying,
    is_thanks,
    part_no,
    max(withdrawn_us) over (partition by lane_no, match_us, part_no) as withdrawn_us,
    max(case when carried > 0 then deleted_by_agent else 0 end) over (partition by lane_no, match_us, part_no) as deleted_by_agent
from numbered
