-- What people wrote: public replies, those with a macro, notes, replies on tickets of colleagues, by author and month.

with

messages as (

    select * from {{ ref('fct_messages') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

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
        {{ kpi_local_month('messages.sent_at') }} as month,
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
    inner join tenants on messages.tenant_id = tenants.tenant_id
    left join reasons on messages.ticket_key = reasons.ticket_key
    where
        messages.author_role = 'agent'
        and not messages.is_ticket_excluded
        and not coalesce(messages.is_duplicate, false)

),

measured as (

    {{ kpi_counts('written', [
        {'kpi_id': 'replies_sent', 'stat': 'count', 'where': 'is_human_public_reply'},
        {'kpi_id': 'assist_replies', 'stat': 'count', 'where': 'is_human_public_reply and is_assist'},
        {'kpi_id': 'internal_notes', 'stat': 'count', 'where': 'is_note'},
        {'kpi_id': 'macro_usage_rate', 'stat': 'ratio', 'numerator': 'case when has_macro then 1 else 0 end', 'denominator': '1', 'where': 'is_human_public_reply', 'subject_type': 'reason', 'subject_id': 'reason_name'},
        {'kpi_id': 'attribution_coverage', 'stat': 'ratio', 'numerator': "case when agent_key = 'unowned' then 0 else 1 end", 'denominator': '1', 'where': 'is_qualifying_reply'},
    ]) }}

)

select * from measured
