with events as (
    select * from {{ ref('fct_ticket_events') }}
),

messages as (
    select * from {{ ref('fct_messages') }}
),

-- A spam mark counts as confirmed when a rule set one too or a second person did.
spam_confirmations as (
    select ticket_key
    from events
    where event_type = 'marked_spam'
    group by ticket_key
    having
        count(distinct case when actor_role = 'agent' then actor_agent_key end) > 1
        or count(case when actor_role in ('automation', 'system', 'bot') then 1 end) > 0
),

event_actions as (
    select
        events.event_key as action_key,
        events.tenant_id,
        events.source_system,
        coalesce(events.actor_agent_key, 'unowned') as agent_key,
        events.actor_team_key as team_key,
        events.ticket_key,
        events.original_ticket_key,
        events.channel_key,
        events.platform,
        events.marketplace_account_key,
        events.event_type as action_type,
        events.from_value,
        events.to_value,
        events.message_key as content_key,
        messages.author_role as content_author_role,
        messages.visibility as content_visibility,
        events.reason_code,
        events.event_source,
        events.time_precision_s,
        events.is_on_unanswered_turn,
        spam_confirmations.ticket_key is not null as is_spam_confirmed,
        events.is_ticket_excluded,
        events.occurred_at,
        events.occurred_month
    from events
    left join messages
        on events.message_key = messages.message_key
    left join spam_confirmations
        on events.ticket_key = spam_confirmations.ticket_key
    where events.actor_role = 'agent'
),

message_actions as (
    select
        message_key as action_key,
        tenant_id,
        source_system,
        coalesce(author_agent_key, 'unowned') as agent_key,
        team_key,
        ticket_key,
        original_ticket_key,
        channel_key,
        platform,
        marketplace_account_key,
        case when visibility = 'internal' then 'internal_note_written' else 'reply_sent' end as action_type,
        cast(null as varchar) as from_value,
        delivery_status as to_value,
        message_key as content_key,
        author_role as content_author_role,
        visibility as content_visibility,
        cast(null as varchar) as reason_code,
        'message' as event_source,
        0 as time_precision_s,
        false as is_on_unanswered_turn,
        false as is_spam_confirmed,
        is_ticket_excluded,
        sent_at as occurred_at,
        sent_month as occurred_month
    from messages
    where author_role = 'agent' and not is_automated and not is_duplicate
),

actions as (
    select * from event_actions
    union all
    select * from message_actions
),

final as (
    select
        action_key,
        tenant_id,
        source_system,
        agent_key,
        team_key,
        ticket_key,
        original_ticket_key,
        channel_key,
        platform,
        marketplace_account_key,
        action_type,
        from_value,
        to_value,
        content_key,
        content_author_role,
        content_visibility,
        reason_code,
        event_source,
        cast(time_precision_s as bigint) as time_precision_s,
        is_on_unanswered_turn,
        action_type in ('message_deleted', 'message_hidden')
        and coalesce(content_author_role = 'customer' and content_visibility = 'public', false)
        and not is_ticket_excluded as is_comment_removal,
        is_on_unanswered_turn
        and not is_spam_confirmed
        and (
            action_type in ('deleted', 'marked_spam', 'author_blocked')
            or (action_type = 'message_deleted' and coalesce(content_author_role, '') = 'customer')
        ) as is_unanswered_deletion,
        case
            when action_type in ('message_deleted', 'deleted') then 'deletion'
            when action_type = 'author_blocked' then 'author_block'
            when action_type = 'message_edited' then 'message_edit'
            when action_type = 'policy_applied' then 'policy_override'
        end as sensitive_type,
        agent_key <> 'unowned'
        and event_source <> 'snapshot_diff'
        and (content_key is not null or action_type not like 'message%') as is_audit_complete,
        is_ticket_excluded,
        occurred_at,
        occurred_month
    from actions
)

select * from final
order by occurred_at
