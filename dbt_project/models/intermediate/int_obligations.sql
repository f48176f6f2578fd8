-- Response obligations of every kind with their state, before any target is looked at; instants in microseconds.
-- Grain: obligation. lane_no is the original ticket (negative for a request without ticket).

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

turns as (

    select
        turns.*,
        closes.closed_us as standing_closed_us,
        closes.agent_closed_us,
        closes.closer_agent_key
    from {{ ref('int_turns') }} as turns
    left join {{ ref('int_turn_closes') }} as closes
        on turns.start_message_key = closes.start_message_key
        and closes.cleared_us = {{ far_us() }}
        and turns.end_us is null

),

replies as (

    select
        tickets.root_key,
        messages.sent_us as at_us,
        {{ min_by('messages.author_agent_key', 'messages.message_key') }} as agent_key
    from {{ ref('int_messages_visible') }} as messages
    inner join tickets on messages.ticket_no = tickets.ticket_no
    where
        messages.is_qualifying_reply
        and tickets.root_key in (
            select missed_tickets.root_key
            from {{ ref('int_contacts') }} as missed
            inner join tickets as missed_tickets on missed.ticket_no = missed_tickets.ticket_no
            where missed.missed_us is not null
        )
    group by tickets.root_key, messages.sent_us

),

recoveries as (

    -- a reply comes before a call at the same instant
    select * from replies
    union all
    select
        tickets.root_key,
        contacts.answered_us as at_us,
        {{ min_by('contacts.responder_agent_key', 'contacts.source_key') }} as agent_key
    from {{ ref('int_contacts') }} as contacts
    inner join tickets on contacts.ticket_no = tickets.ticket_no
    left join replies
        on tickets.root_key = replies.root_key
        and contacts.answered_us = replies.at_us
    where contacts.mode = 'live' and contacts.answered_us is not null and replies.root_key is null
    group by tickets.root_key, contacts.answered_us

),

contacts as (

    select
        contacts.*,
        recoveries.at_us as recovered_us,
        recoveries.agent_key as recovered_by_agent_key
    from (
        select
            contacts.*,
            tickets.root_key
        from {{ ref('int_contacts') }} as contacts
        inner join tickets on contacts.ticket_no = tickets.ticket_no
    ) as contacts
    {{ asof_left_join('recoveries', 'recoveries', [['contacts.root_key', 'root_key']], 'contacts.missed_us', 'at_us', '<') }}

),

united as (

    select
        'turn' as mode,
        kind,
        lane_no,
        start_message_key as source_key,
        start_message_id as source_id,
        start_us,
        available_us,
        early_us > 0 as is_clock_anomaly,
        early_us > 120000000 as is_beyond_skew,
        end_us,
        end_kind,
        end_message_key,
        end_agent_key,
        bot_since_us,
        first_bot_us,
        human_answer_us,
        cast(null as bigint) as missed_us,
        cast(null as bigint) as recovered_us,
        cast(null as {{ dbt.type_string() }}) as recovered_by_agent_key,
        standing_closed_us,
        agent_closed_us,
        closer_agent_key,
        message_count,
        cast(null as bigint) as respond_by_us
    from turns
    union all
    select
        mode,
        'first' as kind,
        ticket_no as lane_no,
        source_key,
        source_id,
        start_us,
        start_us as available_us,
        is_clock_anomaly,
        is_beyond_skew,
        answered_us as end_us,
        case when answered_us is not null then 'reply' end as end_kind,
        cast(null as {{ dbt.type_string() }}) as end_message_key,
        responder_agent_key as end_agent_key,
        cast(null as bigint) as bot_since_us,
        cast(null as bigint) as first_bot_us,
        answered_us as human_answer_us,
        missed_us,
        recovered_us,
        recovered_by_agent_key,
        cast(null as bigint) as standing_closed_us,
        cast(null as bigint) as agent_closed_us,
        cast(null as {{ dbt.type_string() }}) as closer_agent_key,
        case when mode = 'live' then 1 else 0 end as message_count,
        cast(null as bigint) as respond_by_us
    from contacts
    union all
    select
        'case' as mode,
        'case' as kind,
        coalesce(ticket_no, -case_no) as lane_no,
        defect_key as source_key,
        '' as source_id,
        start_us,
        start_us as available_us,
        false as is_clock_anomaly,
        false as is_beyond_skew,
        case
            when answered_us < {{ far_us() }} and answered_us <= coalesce(closed_us, answered_us) then greatest(answered_us, start_us)
            else closed_us
        end as end_us,
        case
            when answered_us < {{ far_us() }} and answered_us <= coalesce(closed_us, answered_us) then 'reply'
            when closed_us is not null and outcome = 'withdrawn' then 'withdrawal'
            when closed_us is not null then 'platform_close'
        end as end_kind,
        cast(null as {{ dbt.type_string() }}) as end_message_key,
        responder_agent_key as end_agent_key,
        cast(null as bigint) as bot_since_us,
        cast(null as bigint) as first_bot_us,
        case
            when answered_us < {{ far_us() }} and answered_us <= coalesce(closed_us, answered_us) then greatest(answered_us, start_us)
        end as human_answer_us,
        cast(null as bigint) as missed_us,
        cast(null as bigint) as recovered_us,
        cast(null as {{ dbt.type_string() }}) as recovered_by_agent_key,
        cast(null as bigint) as standing_closed_us,
        cast(null as bigint) as agent_closed_us,
        cast(null as {{ dbt.type_string() }}) as closer_agent_key,
        0 as message_count,
        respond_by_us
    from {{ ref('int_cases') }}

),

decided as (

    select
        *,
        case
            when end_kind in ('reply', 'solve') then 'answered'
            when end_kind = 'bot' then 'answered_by_bot'
            when end_kind = 'agent_deletion' then 'excluded'
            when end_kind is not null then 'waived'
            when missed_us is not null then 'missed'
            when standing_closed_us is not null then 'closed_unanswered'
            else 'open'
        end as outcome
    from united

),

last_before_due as (

    -- a deadline published by the platform is that of the last contact before it
    select
        united.lane_no,
        max(united.start_us) as start_us
    from united
    inner join tickets on united.lane_no = tickets.ticket_no
    where united.mode <> 'case' and united.start_us < tickets.due_by_source_us
    group by united.lane_no

)

select
    cast(row_number() over (order by united.lane_no, united.start_us, united.source_key) as integer) as obligation_no,
    {{ hash_text("united.mode || '|' || united.source_key") }} as obligation_key,
    coalesce(tickets.tenant_id, cases.tenant_id) as tenant_id,
    coalesce(tickets.source_system, cases.source_system) as source_system,
    united.mode,
    united.kind,
    united.lane_no,
    united.source_key,
    united.source_id,
    united.start_us,
    united.available_us,
    united.is_clock_anomaly,
    united.end_us,
    united.end_kind,
    united.end_agent_key,
    united.bot_since_us,
    united.first_bot_us,
    united.human_answer_us,
    united.missed_us,
    united.recovered_us,
    united.recovered_by_agent_key,
    united.standing_closed_us,
    united.agent_closed_us,
    united.closer_agent_key,
    united.message_count,
    united.outcome,
    case
        when tickets.root_exclusion_reason is not null or united.is_beyond_skew then 'excluded'
        else united.outcome
    end as state,
    case
        when united.end_kind in ('mark', 'flag') then 'marked_no_reply_needed'
        when united.end_kind = 'thanks' then 'thank_you_rule'
        when united.end_kind in ('customer_close', 'withdrawal') then 'customer_withdrew'
        when united.end_kind = 'platform_close' then 'platform_closed'
        when united.end_kind = 'duplicate' then 'duplicate_merged'
    end as waiver_reason,
    coalesce(
        tickets.root_exclusion_reason,
        case when united.is_beyond_skew then 'clock_anomaly' end,
        case when united.end_kind = 'agent_deletion' then 'deleted' end,
        case when united.end_kind = 'bot' then 'answered_by_bot' end
    ) as exclusion_reason,
    tickets.root_exclusion_reason is not null or united.is_beyond_skew as is_out,
    coalesce(policies.missed_policy, tickets.missed_policy, 'count_as_missed') as missed_policy,
    tickets.created_us,
    tickets.ticket_key as original_ticket_key,
    tickets.root_key as ticket_key,
    tickets.root_no,
    coalesce(
        united.respond_by_us,
        case when last_before_due.lane_no is not null and united.mode <> 'case' then tickets.due_by_source_us end
    ) as published_due_us,
    coalesce(
        united.end_us,
        case
            when coalesce(policies.missed_policy, tickets.missed_policy) = 'treat_normally' then united.recovered_us
        end,
        {{ as_of_us() }}
    ) as until_us,
    case
        when coalesce(policies.missed_policy, tickets.missed_policy) = 'treat_normally' then united.missed_us
    end as missed_anchor_us,
    coalesce(united.end_us, united.missed_us, {{ as_of_us() }}) as held_until_us
from decided as united
left join tickets on united.lane_no = tickets.ticket_no
left join {{ ref('int_cases') }} as cases
    on united.source_key = cases.defect_key
    and united.mode = 'case'
left join last_before_due
    on united.lane_no = last_before_due.lane_no
    and united.start_us = last_before_due.start_us
left join {{ ref('int_channel_policies') }} as policies
    on tickets.tenant_id = policies.tenant_id
    and tickets.channel_id = policies.channel_id
    and united.start_us >= policies.from_us
    and united.start_us < policies.to_us
