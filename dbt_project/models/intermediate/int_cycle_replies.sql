-- Public human replies of a resolution cycle; grain: cycle that has one.

with

cycles as (

    select
        cycle_id,
        lane_no,
        start_us,
        coalesce(end_us, {{ far_us() }}) as end_us
    from {{ ref('int_cycles') }}

),

replies as (

    select
        root_no,
        sent_us,
        message_id,
        author_agent_key
    from {{ ref('int_messages_visible') }}
    where is_human_public_reply

),

matched as (

    select
        cycles.cycle_id,
        replies.sent_us,
        replies.author_agent_key,
        row_number() over (partition by cycles.cycle_id order by replies.sent_us desc, replies.message_id desc) as latest_no
    from cycles
    inner join replies
        on cycles.lane_no = replies.root_no
        and cycles.start_us <= replies.sent_us
        and cycles.end_us >= replies.sent_us

)

select
    cycle_id,
    count(*) as reply_count,
    max(sent_us) as last_reply_us,
    max(case when latest_no = 1 then author_agent_key end) as last_replier_agent_key
from matched
group by cycle_id
