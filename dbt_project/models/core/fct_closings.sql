{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Closings (a change from an unsolved status to solved or closed) with what stood unanswered at that instant.

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

changes as (

    select
        ticket_no,
        merged_us,
        event_key,
        at_us,
        to_value,
        actor_role,
        actor_agent_key,
        reason_code,
        coalesce(lag(to_value) over (partition by ticket_no order by at_us, seq, event_id), from_value) as was_value
    from {{ ref('int_ticket_events_visible') }}
    where event_type = 'status_change'

),

closings as (

    select
        changes.*,
        coalesce(map.ticket_no, changes.ticket_no) as holder_no,
        lag(changes.at_us) over (partition by changes.ticket_no order by changes.at_us, changes.event_key) as previous_us
    from changes
    left join {{ ref('int_lane_map') }} as map
        on changes.ticket_no = map.lane_no
        and map.is_holder
        and changes.at_us >= map.from_us
        and changes.at_us < map.to_us
    where
        changes.to_value in ('solved', 'closed')
        and changes.was_value in ('new', 'open', 'pending', 'on_hold')
        and changes.at_us <= coalesce(changes.merged_us, {{ far_us() }})

),

turns as (

    select
        closings.event_key,
        turns.answered_us,
        turns.outcome = 'waived' as is_waived,
        case
            when turns.outcome = 'answered' then turns.answered_us > closings.at_us
            else turns.outcome in ('open', 'closed_unanswered')
        end as is_waiting,
        coalesce(turns.answered_us <= closings.at_us, false) as is_answered
    from closings
    inner join {{ ref('int_turn_holders') }} as turns
        on closings.holder_no = turns.holder_no
        and closings.at_us >= turns.start_us
        and closings.at_us >= turns.from_us
        and closings.at_us < turns.to_us
        and turns.over_us > coalesce(closings.previous_us, 0)

),

counts as (

    select
        event_key,
        max(case when is_waiting then 1 else 0 end) = 1 as has_unanswered_turn,
        max(case when is_answered then 1 else 0 end) = 1 as has_answered_turn,
        max(case when is_waived then 1 else 0 end) = 1 as has_waived_turn,
        min(case when is_waiting and answered_us is null then 0 else 1 end) = 1 as is_all_answered_later
    from turns
    group by event_key

),

replies as (

    select
        coalesce(map.ticket_no, messages.ticket_no) as holder_no,
        messages.sent_us,
        {{ max_by('messages.author_agent_key', 'messages.message_id') }} as author_agent_key
    from {{ ref('int_messages_visible') }} as messages
    left join {{ ref('int_lane_map') }} as map
        on messages.ticket_no = map.lane_no
        and map.is_holder
        and messages.sent_us >= map.from_us
        and messages.sent_us < map.to_us
    where messages.is_human_public_reply
    group by coalesce(map.ticket_no, messages.ticket_no), messages.sent_us

),

judged as (

    select
        closings.event_key,
        closings.ticket_no,
        closings.at_us,
        closings.actor_role,
        closings.reason_code,
        closings.actor_role = 'agent' as is_human,
        coalesce(closings.reason_code in ('merged', 'spam'), false) or coalesce(closings.at_us = closings.merged_us, false)
            as is_merge_or_spam,
        coalesce(counts.has_unanswered_turn, false) as has_unanswered_turn,
        coalesce(counts.has_answered_turn, false) as has_answered_turn,
        coalesce(counts.has_waived_turn, false) as has_waived_turn,
        coalesce(counts.is_all_answered_later, false) as is_all_answered_later,
        closings.actor_agent_key,
        replies.author_agent_key as last_replier_agent_key
    from closings
    left join counts on closings.event_key = counts.event_key
    {{ asof_left_join('replies', 'replies', [['closings.holder_no', 'holder_no']], 'closings.at_us', 'sent_us') }}

),

credited as (

    select
        *,
        case
            when is_human then actor_agent_key
            when not is_merge_or_spam and not has_unanswered_turn and has_answered_turn then last_replier_agent_key
        end as closer_agent_key
    from judged

)

select
    credited.event_key as closing_key,
    tickets.tenant_id,
    tickets.source_system,
    tickets.root_key as ticket_key,
    tickets.ticket_key as original_ticket_key,
    {{ us_to_at('credited.at_us') }} as closed_at,
    {{ local_month(us_to_at('credited.at_us')) }} as closed_month,
    coalesce(credited.closer_agent_key, 'unowned') as closer_agent_key,
    coalesce(homes.team_key, teams.value) as closer_team_key,
    credited.actor_role,
    credited.reason_code,
    credited.is_human,
    credited.is_merge_or_spam,
    credited.has_unanswered_turn,
    not credited.is_merge_or_spam
    and not credited.has_unanswered_turn
    and not credited.has_answered_turn
    and credited.has_waived_turn as is_waived_only,
    not credited.is_merge_or_spam and not credited.has_unanswered_turn and credited.has_answered_turn as is_with_reply,
    not credited.is_merge_or_spam and credited.has_unanswered_turn as is_without_reply,
    credited.has_unanswered_turn and credited.is_all_answered_later as is_repaired,
    tickets.root_exclusion_reason is not null as is_ticket_excluded,
    tickets.root_channel_key as channel_key,
    tickets.root_platform as platform,
    tickets.root_marketplace_account_key as marketplace_account_key
from credited
inner join tickets on credited.ticket_no = tickets.ticket_no
left join {{ ref('canonical__tenants') }} as tenants on tickets.tenant_id = tenants.tenant_id
left join {{ ref('int_agent_home_teams') }} as homes
    on credited.closer_agent_key = homes.agent_key
    and credited.at_us >= homes.from_us
    and credited.at_us < homes.to_us
left join {{ ref('int_lane_states') }} as teams
    on credited.ticket_no = teams.lane_no
    and teams.attribute = 'team'
    and credited.at_us >= teams.from_us
    and credited.at_us < teams.to_us
order by closed_at
