-- Acts of people that the audit looks at, by actor and month: removals of waiting customers, sensitive acts by type, and
-- whether the record of an act is complete. Acts on spam and deleted tickets count here, since they made the ticket so.

with

actions as (

    select * from {{ ref('agent_actions') }}

),

bulk_starts as (

    select closing_key from {{ ref('int_closings_in_bulk') }}
    where is_bulk_start

),

closings as (

    select * from {{ ref('fct_closings') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

acts as (

    select
        tenant_id,
        action_key as fact_key,
        ticket_key,
        occurred_at as happened_at,
        action_type || coalesce(' (' || reason_code || ')', '') as detail,
        sensitive_type,
        is_unanswered_deletion,
        is_audit_complete,
        true as is_own_record,
        team_key,
        agent_key
    from actions

    union all

    -- a run of closings is one act more; its single closings are in the record already
    select
        closings.tenant_id,
        closings.closing_key as fact_key,
        closings.ticket_key,
        closings.closed_at as happened_at,
        'first of more than 20 closings in 10 minutes' as detail,
        'bulk_close' as sensitive_type,
        false as is_unanswered_deletion,
        true as is_audit_complete,
        false as is_own_record,
        closings.closer_team_key as team_key,
        closings.closer_agent_key as agent_key
    from closings
    inner join bulk_starts on closings.closing_key = bulk_starts.closing_key

),

placed as (

    select
        acts.*,
        {{ kpi_local_month('acts.happened_at') }} as month,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key
    from acts
    inner join tickets on acts.ticket_key = tickets.ticket_key
    inner join tenants on acts.tenant_id = tenants.tenant_id
    where coalesce(tickets.exclusion_reason, '') <> 'test'

),

measured as (

    {{ kpi_counts('placed', [
        {'kpi_id': 'unanswered_deletions', 'stat': 'count', 'where': 'is_unanswered_deletion'},
        {'kpi_id': 'sensitive_actions', 'stat': 'count', 'where': 'sensitive_type is not null'},
        {'kpi_id': 'sensitive_actions', 'stat': 'count', 'where': 'sensitive_type is not null', 'variant': 'column:sensitive_type'},
        {'kpi_id': 'audit_completeness', 'stat': 'ratio', 'numerator': 'case when is_audit_complete then 1 else 0 end', 'denominator': '1', 'where': 'is_own_record', 'agent_key': 'null'},
    ]) }}

)

select * from measured
