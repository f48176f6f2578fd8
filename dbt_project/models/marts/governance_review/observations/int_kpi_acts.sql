-- Acts of people on tickets, by actor and month: closings with and without an answer to every customer turn; removals of waiting
-- customers, and whether the record of an act is complete. Acts on spam and deleted tickets count among these, since they made the
-- ticket so. Acts that a second person should look at are in `int_kpi_sensitive_acts`.

with

closings as (

    select * from {{ ref('fct_closings') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

closed as (

    select
        closings.tenant_id,
        closings.closing_key as fact_key,
        closings.ticket_key,
        closings.closed_at as happened_at,
        case when closings.is_without_reply then 'without reply' else 'with reply' end as detail,
        closings.closed_month as month,
        closings.is_with_reply,
        closings.is_without_reply,
        closings.is_repaired,
        closings.is_human,
        closings.platform,
        closings.marketplace_account_key,
        closings.channel_key,
        closings.closer_team_key as team_key,
        coalesce(closings.closer_agent_key, 'unowned') as agent_key
    from closings
    where
        not closings.is_ticket_excluded
        and not closings.is_merge_or_spam
        and (closings.is_with_reply or closings.is_without_reply)

),

actions as (

    select * from {{ ref('agent_actions') }}

),

recorded as (

    select
        tenant_id,
        action_key as fact_key,
        ticket_key,
        occurred_at as happened_at,
        occurred_month as month,
        action_type || coalesce(' (' || reason_code || ')', '') as detail,
        is_unanswered_deletion,
        is_audit_complete,
        team_key,
        agent_key
    from actions

),

recorded_placed as (

    select
        recorded.*,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key
    from recorded
    inner join tickets on recorded.ticket_key = tickets.ticket_key
    where coalesce(tickets.exclusion_reason, '') <> 'test'

),

measured as (

    {{ kpi_counts('closed', [
        {'kpi_id': 'closed_with_reply', 'stat': 'count', 'where': 'is_with_reply'},
        {'kpi_id': 'closed_without_reply', 'stat': 'count', 'where': 'is_without_reply'},
        {'kpi_id': 'closed_without_reply', 'stat': 'count', 'variant': 'repaired', 'where': 'is_without_reply and is_repaired'},
        {'kpi_id': 'closed_without_reply_rate', 'stat': 'ratio', 'numerator': 'case when is_without_reply then 1 else 0 end', 'denominator': '1', 'where': 'is_human'},
    ]) }}
    union all
    {{ kpi_counts('recorded_placed', [
        {'kpi_id': 'unanswered_deletions', 'stat': 'count', 'where': 'is_unanswered_deletion'},
        {'kpi_id': 'audit_completeness', 'stat': 'ratio', 'numerator': 'case when is_audit_complete then 1 else 0 end', 'denominator': '1', 'agent_key': 'null'},
    ]) }}

)

select * from measured
