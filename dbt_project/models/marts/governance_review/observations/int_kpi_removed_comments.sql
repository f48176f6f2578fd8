-- Public comments of customers that an agent deleted or hid, by actor, in the month of the act; beside them their share of what
-- people did about comments and reviews: removals and replies.

with

events as (

    select * from {{ ref('fct_ticket_events') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

removed as (

    select
        events.tenant_id,
        events.event_key as fact_key,
        events.ticket_key,
        events.occurred_at as happened_at,
        events.event_type as detail,
        messages.message_kind,
        {{ kpi_local_month('events.occurred_at') }} as month,
        events.platform,
        events.marketplace_account_key,
        events.channel_key,
        events.actor_team_key as team_key,
        coalesce(events.actor_agent_key, 'unowned') as agent_key
    from events
    inner join messages on events.message_key = messages.message_key
    inner join tenants on events.tenant_id = tenants.tenant_id
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
        {{ kpi_local_month('messages.sent_at') }} as month,
        messages.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        coalesce(messages.author_agent_key, 'unowned') as agent_key,
        0 as is_removal
    from messages
    inner join tenants on messages.tenant_id = tenants.tenant_id
    where
        messages.is_human_public_reply
        and messages.message_kind in ('public_comment', 'review')
        and not messages.is_ticket_excluded
        and not coalesce(messages.is_duplicate, false)

),

measured as (

    {{ kpi_counts('removed', [
        {'kpi_id': 'comments_deleted', 'stat': 'count'},
    ]) }}
    union all
    {{ kpi_counts('handled', [
        {'kpi_id': 'comments_deleted', 'stat': 'ratio', 'variant': 'share_of_comments_handled', 'numerator': 'is_removal', 'denominator': '1'},
    ]) }}

)

select * from measured
