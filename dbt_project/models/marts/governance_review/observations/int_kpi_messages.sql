-- Messages by their author and month: public replies, those with a macro, notes, replies on tickets of colleagues; public comments of
-- customers that an agent deleted or hid, with their share of what people did about comments and reviews; and how long an inbound message
-- took until agents could see it. A clock that runs up to two minutes ahead counts as no lag; one further off tells nothing (E20).

with

messages as (

    select * from {{ ref('fct_messages') }}

),

reasons as (

    -- the reason of the ticket that a reply belongs to
    select
        tickets.ticket_key,
        lower(tags.name) as reason_name
    from {{ ref('dim_tickets') }} as tickets
    inner join {{ ref('dim_tags') }} as tags
        on
        tickets.resolution_reason_tag_key = tags.tag_key
        and tags.kind = 'reason'

),

written as (

    select
        messages.tenant_id,
        messages.message_key as fact_key,
        messages.ticket_key,
        messages.sent_at as happened_at,
        messages.message_kind as detail,
        messages.sent_month as month,
        messages.is_human_public_reply,
        messages.is_qualifying_reply,
        messages.visibility = 'internal' as is_note,
        coalesce(messages.is_assist, false) as is_assist,
        messages.macro_key is not null as has_macro,
        coalesce(reasons.reason_name, 'untagged') as reason_name,
        messages.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        coalesce(messages.author_agent_key, 'unowned') as agent_key
    from messages
    left join reasons on messages.ticket_key = reasons.ticket_key
    where
        messages.author_role = 'agent'
        and not messages.is_ticket_excluded
        and not coalesce(messages.is_duplicate, false)

),

events as (

    select * from {{ ref('fct_ticket_events') }}

),

removed as (

    select
        events.tenant_id,
        events.event_key as fact_key,
        events.ticket_key,
        events.occurred_at as happened_at,
        events.event_type as detail,
        messages.message_kind,
        events.occurred_month as month,
        events.platform,
        events.marketplace_account_key,
        events.channel_key,
        events.actor_team_key as team_key,
        coalesce(events.actor_agent_key, 'unowned') as agent_key
    from events
    inner join messages on events.message_key = messages.message_key
    where
        events.event_type in ('message_deleted', 'message_hidden')
        and events.actor_role = 'agent'
        and not events.is_ticket_excluded
        and messages.author_role = 'customer'
        and messages.visibility = 'public'

),

handled as (

    select
        *,
        1 as is_removal
    from removed
    where message_kind in ('public_comment', 'review')
    union all
    select
        messages.tenant_id,
        messages.message_key as fact_key,
        messages.ticket_key,
        messages.sent_at as happened_at,
        'reply' as detail,
        messages.message_kind,
        messages.sent_month as month,
        messages.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        coalesce(messages.author_agent_key, 'unowned') as agent_key,
        0 as is_removal
    from messages
    where
        messages.is_human_public_reply
        and messages.message_kind in ('public_comment', 'review')
        and not messages.is_ticket_excluded
        and not coalesce(messages.is_duplicate, false)

),

received as (

    select
        messages.tenant_id,
        messages.message_key as fact_key,
        messages.ticket_key,
        messages.sent_at as happened_at,
        'inbound message' as detail,
        messages.sent_month as month,
        {{ seconds_between('messages.sent_at', 'messages.available_at') }} as lag_s,
        messages.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        cast(null as varchar) as agent_key
    from messages
    where
        messages.direction = 'inbound'
        and not coalesce(messages.is_duplicate, false)
        and not messages.is_ticket_excluded

),

measured as (

    {{ kpi_counts('written', [
        {'kpi_id': 'replies_sent', 'stat': 'count', 'where': 'is_human_public_reply'},
        {'kpi_id': 'assist_replies', 'stat': 'count', 'where': 'is_human_public_reply and is_assist'},
        {'kpi_id': 'internal_notes', 'stat': 'count', 'where': 'is_note'},
        {'kpi_id': 'macro_usage_rate', 'stat': 'ratio', 'numerator': 'case when has_macro then 1 else 0 end', 'denominator': '1', 'where': 'is_human_public_reply', 'subject_type': 'reason', 'subject_id': 'reason_name'},
        {'kpi_id': 'attribution_coverage', 'stat': 'ratio', 'numerator': "case when agent_key = 'unowned' then 0 else 1 end", 'denominator': '1', 'where': 'is_qualifying_reply'},
    ]) }}
    union all
    {{ kpi_counts('removed', [
        {'kpi_id': 'comments_deleted', 'stat': 'count'},
    ]) }}
    union all
    {{ kpi_counts('handled', [
        {'kpi_id': 'comments_deleted', 'stat': 'ratio', 'variant': 'share_of_comments_handled', 'numerator': 'is_removal', 'denominator': '1'},
    ]) }}
    union all
    {{ kpi_durations('received', [
        {'kpi_id': 'sync_lag', 'seconds': 'greatest(lag_s, 0)', 'where': 'lag_s >= -120'},
    ]) }}

)

select * from measured
