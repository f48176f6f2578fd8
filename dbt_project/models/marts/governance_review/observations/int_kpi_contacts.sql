-- Customer turns and live contacts: how many arrived, how many have a target, how many first turns were answered.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

turns as (

    select
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.started_at as happened_at,
        obligations.kind || ' turn, ' || obligations.state as detail,
        obligations.kind,
        obligations.state,
        obligations.satisfied_at,
        {{ kpi_local_month('obligations.started_at') }} as started_month,
        {{ kpi_local_month('obligations.satisfied_at') }} as answered_month,
        obligations.marketplace_target_version_id is not null as has_marketplace_target,
        obligations.internal_target_version_id is not null as has_internal_target,
        -- waived turns need no target, and a platform promises something only where there is an account; as in int_obligation_checks
        obligations.marketplace_account_key is not null
        and obligations.marketplace_verdict in ('met', 'breached', 'pending', 'no_target') as needs_marketplace_target,
        obligations.internal_verdict in ('met', 'breached', 'pending', 'no_target') as needs_internal_target,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.team_key as start_team_key,
        obligations.responder_team_key,
        coalesce(obligations.responder_agent_key, 'unowned') as responder_agent_key
    from obligations
    inner join tenants on obligations.tenant_id = tenants.tenant_id
    where obligations.state <> 'excluded'

),

measured as (

    {{ kpi_counts('turns', [
        {'kpi_id': 'contact_volume', 'stat': 'count', 'where': "kind in ('first', 'next')", 'month': 'started_month', 'team_key': 'start_team_key', 'agent_key': 'null'},
        {'kpi_id': 'first_replies_sent', 'stat': 'count', 'where': "kind = 'first' and state = 'answered'", 'month': 'answered_month', 'team_key': 'responder_team_key', 'agent_key': 'responder_agent_key', 'happened_at': 'satisfied_at'},
        {'kpi_id': 'policy_coverage', 'stat': 'ratio', 'numerator': 'case when has_marketplace_target then 1 else 0 end', 'denominator': '1', 'layer': 'marketplace', 'where': 'needs_marketplace_target', 'month': 'started_month', 'team_key': 'start_team_key', 'agent_key': 'null'},
        {'kpi_id': 'policy_coverage', 'stat': 'ratio', 'numerator': 'case when has_internal_target then 1 else 0 end', 'denominator': '1', 'layer': 'internal', 'where': 'needs_internal_target', 'month': 'started_month', 'team_key': 'start_team_key', 'agent_key': 'null'},
    ]) }}

)

select * from measured
