-- Acts of people on tickets, by actor and month: closings with and without an answer to every customer turn; removals of waiting
-- customers, sensitive acts by type, and whether the record of an act is complete. Acts on spam and deleted tickets count among these,
-- since they made the ticket so.

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

bulk_starts as (

    select closing_key from {{ ref('int_closings_in_bulk') }}
    where is_bulk_start

),

recorded as (

    select
        tenant_id,
        action_key as fact_key,
        ticket_key,
        occurred_at as happened_at,
        occurred_month as month,
        action_type || coalesce(' (' || reason_code || ')', '') as detail,
        sensitive_type,
        is_unanswered_deletion,
        is_audit_complete,
        team_key,
        agent_key
    from actions

),

in_bulk as (

    -- a run of closings is one act more; its single closings are in the record already
    select
        closings.tenant_id,
        closings.closing_key as fact_key,
        closings.ticket_key,
        closings.closed_at as happened_at,
        closings.closed_month as month,
        'first of more than 20 closings in 10 minutes' as detail,
        'bulk_close' as sensitive_type,
        closings.closer_team_key as team_key,
        closings.closer_agent_key as agent_key
    from closings
    inner join bulk_starts on closings.closing_key = bulk_starts.closing_key

),

{% for acts in ['recorded', 'in_bulk'] -%}
{{ acts }}_placed as (

    select
        acts.*,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key
    from {{ acts }} as acts
    inner join tickets on acts.ticket_key = tickets.ticket_key
    where coalesce(tickets.exclusion_reason, '') <> 'test'

),

{% endfor -%}
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
    {%- for acts in ['recorded_placed', 'in_bulk_placed'] %}
    union all
    {{ kpi_counts(acts, [
        {'kpi_id': 'sensitive_actions', 'stat': 'count', 'where': 'sensitive_type is not null'},
        {'kpi_id': 'sensitive_actions', 'stat': 'count', 'where': 'sensitive_type is not null', 'variant': 'column:sensitive_type'},
    ]) }}
    {%- endfor %}

)

select * from measured
