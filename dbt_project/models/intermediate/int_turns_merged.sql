{{ config(materialized=step()) }}

-- Turns of merge groups, freed of what other lanes see of them: a message that finds an open turn joins the oldest one and begins
-- none; a duplicate's open turn ends at the merge when the root has one. Grain: lane and turn.

with

candidates as (

    select * from {{ ref('int_turn_candidates') }} where is_in_group

),

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
        candidates.start_message_key,
        candidates.start_message_no,
        candidates.first_message_no,
        candidates.is_flagged,
        candidates.holds_first_message,
        candidates.start_us
    from {{ ref('int_turn_messages') }} as messages
    left join {{ ref('int_turn_breaks') }} as breaks
        on messages.lane_no = breaks.lane_no
        and messages.message_no = breaks.message_no
    inner join candidates
        on messages.lane_no = candidates.lane_no
        and messages.match_us = candidates.match_us
        and coalesce(breaks.turn_start_no, 0) = candidates.turn_start_no

),

joining as (

    -- first in its own lane, but another lane had an open turn
    select distinct messages.message_key
    from messages
    inner join candidates on messages.message_key = candidates.start_message_key
    where messages.start_message_key <> messages.message_key

),

formed as (

    select candidates.*
    from candidates
    left join joining on candidates.start_message_key = joining.message_key
    where joining.message_key is null and candidates.lane_no = candidates.ticket_no

),

joined as (

    select distinct message_key
    from messages
    where lane_no <> ticket_no and message_no <> first_message_no

),

head_counts as (

    -- of the flagged messages before it those that joined no other ticket's turn
    select
        messages.lane_no,
        messages.start_message_key,
        count(*) as message_count
    from messages
    left join joined on messages.message_key = joined.message_key
    where
        messages.lane_no = messages.ticket_no
        and messages.message_no < messages.start_message_no
        and joined.message_key is null
    group by messages.lane_no, messages.start_message_key

),

flagged_heads as (

    -- flagged messages before a message that joined another ticket's turn stay a waived turn of their own
    select
        messages.lane_no,
        messages.message_key as start_message_key,
        messages.message_id as start_message_id,
        messages.sent_us as start_us,
        messages.available_us,
        messages.early_us,
        messages.holds_first_message,
        head_counts.message_count
    from messages
    inner join joining on messages.start_message_key = joining.message_key
    inner join head_counts
        on messages.lane_no = head_counts.lane_no
        and messages.start_message_key = head_counts.start_message_key
    where
        not messages.is_flagged
        and messages.lane_no = messages.ticket_no
        and messages.message_no = messages.first_message_no
        and messages.message_no < messages.start_message_no
        and messages.message_key not in (
            select others.message_key from messages as others where others.message_no <> others.first_message_no
        )

),

lineage as (

    select
        lanes.ticket_no as lane_no,
        lineage.holder_key,
        lineage.depth,
        lineage.from_us,
        lineage.to_us
    from {{ ref('int_merge_lineage') }} as lineage
    inner join {{ ref('int_tickets_visible') }} as lanes on lineage.ticket_key = lanes.ticket_key

),

merge_events as (

    select
        ticket_key,
        actor_role,
        actor_agent_key,
        reason_code,
        row_number() over (partition by ticket_key order by occurred_at desc, seq desc, event_id desc) as latest_no
    from {{ ref('int_ticket_events_visible') }}
    where event_type = 'merged'

),

duplicate_merges as (

    select
        tickets.ticket_key,
        tickets.merged_us,
        case when merge_events.actor_role = 'agent' then merge_events.actor_agent_key end as actor_agent_key,
        targets.holder_key as target_key
    from merge_events
    inner join {{ ref('int_tickets_visible') }} as tickets on merge_events.ticket_key = tickets.ticket_key
    inner join lineage as targets
        on tickets.ticket_no = targets.lane_no
        and tickets.merged_us = targets.from_us
    where merge_events.latest_no = 1 and merge_events.reason_code = 'duplicate'

),

open_targets as (

    select distinct
        duplicate_merges.ticket_key,
        duplicate_merges.merged_us
    from duplicate_merges
    inner join lineage
        on duplicate_merges.target_key = lineage.holder_key
        and lineage.from_us < duplicate_merges.merged_us
        and lineage.to_us > duplicate_merges.merged_us
    inner join formed
        on lineage.lane_no = formed.lane_no
        and formed.start_us < duplicate_merges.merged_us
        and (formed.end_us is null or formed.end_us >= duplicate_merges.merged_us)
    where not formed.is_flagged

),

waived_as_duplicates as (

    select
        formed.start_message_key,
        min(duplicate_merges.merged_us) as merged_us,
        {{ min_by('duplicate_merges.actor_agent_key', 'duplicate_merges.merged_us') }} as actor_agent_key
    from duplicate_merges
    inner join open_targets on duplicate_merges.ticket_key = open_targets.ticket_key
    inner join lineage
        on duplicate_merges.ticket_key = lineage.holder_key
        and duplicate_merges.merged_us = lineage.to_us
    inner join formed
        on lineage.lane_no = formed.lane_no
        and formed.start_us < duplicate_merges.merged_us
        and (formed.end_us is null or formed.end_us >= duplicate_merges.merged_us)
    where not formed.is_flagged
    group by formed.start_message_key

),

ended as (

    select
        formed.lane_no,
        formed.start_message_key,
        formed.start_message_id,
        formed.start_us,
        formed.available_us,
        formed.early_us,
        formed.holds_first_message,
        formed.is_flagged,
        formed.last_message_us,
        case when waived.start_message_key is null then formed.end_us else waived.merged_us end as end_us,
        case when waived.start_message_key is null then formed.end_kind else 'duplicate' end as end_kind,
        case when waived.start_message_key is null then formed.end_message_key end as end_message_key,
        case when waived.start_message_key is null then formed.end_agent_key else waived.actor_agent_key end as end_agent_key
    from formed
    left join waived_as_duplicates as waived on formed.start_message_key = waived.start_message_key

),

members as (

    select
        messages.message_key,
        ended.start_message_key,
        row_number() over (
            partition by messages.message_key
            order by ended.start_us, ended.start_message_key
        ) as oldest_no
    from messages
    inner join ended
        on messages.start_message_key = ended.start_message_key
        and (messages.lane_no = ended.lane_no or messages.message_no < messages.start_message_no)
    where
        ended.is_flagged
        or ended.end_us is null
        or messages.sent_us < ended.end_us
        or (messages.sent_us = ended.end_us and ended.end_kind <> 'duplicate')

),

counts as (

    select
        start_message_key,
        count(*) as message_count
    from members
    where oldest_no = 1
    group by start_message_key

)

select
    ended.lane_no,
    ended.start_message_key,
    ended.start_message_id,
    ended.start_us,
    ended.available_us,
    ended.early_us,
    ended.holds_first_message,
    ended.is_flagged,
    ended.last_message_us,
    ended.end_us,
    ended.end_kind,
    ended.end_message_key,
    ended.end_agent_key,
    counts.message_count
from ended
inner join counts on ended.start_message_key = counts.start_message_key
union all
select
    lane_no,
    start_message_key,
    start_message_id,
    start_us,
    available_us,
    early_us,
    holds_first_message,
    true as is_flagged,
    start_us as last_message_us,
    start_us as end_us,
    'flag' as end_kind,
    cast(null as {{ dbt.type_string() }}) as end_message_key,
    cast(null as {{ dbt.type_string() }}) as end_agent_key,
    message_count
from flagged_heads
