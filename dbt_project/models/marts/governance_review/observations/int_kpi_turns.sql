-- Customer turns and live contacts: how many arrived and have a target, in the month they began; and reply times, one row per answered turn and
-- clock, in the month of the reply and the name of the responder. The wait in a live queue is nobody's, since no agent had it: it
-- counts for the team whose queue it was. `frt_any` stops at the first public answer of anyone, people or machines.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

turns as (

    -- how many arrived, how many have a target, how many first turns were answered
    select
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.started_at as happened_at,
        obligations.kind || ' turn, ' || obligations.state as detail,
        obligations.kind,
        obligations.state,
        obligations.satisfied_at,
        obligations.started_month,
        obligations.satisfied_month,
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
    where obligations.state <> 'excluded'

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

incident_turns as (

    select * from {{ ref('int_kpi_incident_turns') }}

),

answered as (

    select
        obligations.tenant_id,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.satisfied_at as happened_at,
        obligations.kind || ' turn, answered by ' || coalesce(obligations.responder_agent_key, 'unowned') as detail,
        obligations.satisfied_month as month,
        obligations.kind,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.responder_team_key as team_key,
        coalesce(obligations.responder_agent_key, 'unowned') as agent_key,
        case
            when not coalesce(incident_turns.is_visible_inside, false) then coalesce(obligations.responder_agent_key, 'unowned')
        end as undisturbed_agent_key,
        coalesce(channels.modality, 'async') = 'async' as is_async,
        obligations.is_live,
        obligations.team_key as start_team_key,
        obligations.elapsed_cal_s,
        obligations.elapsed_bus_s,
        obligations.reaction_cal_s,
        obligations.reaction_bus_s
    from obligations
    inner join tickets on obligations.original_ticket_key = tickets.ticket_key
    left join channels on obligations.channel_key = channels.channel_key
    left join incident_turns on obligations.obligation_key = incident_turns.obligation_key
    where
        obligations.state = 'answered'
        and obligations.kind in ('first', 'next')
        -- a logged call is answered at the call itself and would pull every mean towards zero
        and not (tickets.origin = 'proxy' and obligations.kind = 'first' and obligations.started_at = tickets.created_at)

),

answered_by_anyone as (

    select
        obligations.tenant_id,
        obligations.any_answer_month as month,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.any_answer_at as happened_at,
        'first answer of any kind' as detail,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.team_key,
        cast(null as varchar) as agent_key,
        {{ seconds_between('obligations.started_at', 'obligations.any_answer_at') }} as any_answer_cal_s
    from obligations
    inner join tickets on obligations.original_ticket_key = tickets.ticket_key
    where
        obligations.kind = 'first'
        and obligations.state <> 'excluded'
        and obligations.any_answer_at is not null
        and not (tickets.origin = 'proxy' and obligations.started_at = tickets.created_at)

),

measured as (

    {{ kpi_counts('turns', [
        {'kpi_id': 'contact_volume', 'stat': 'count', 'where': "kind in ('first', 'next')", 'month': 'started_month', 'team_key': 'start_team_key', 'agent_key': 'null'},
        {'kpi_id': 'first_replies_sent', 'stat': 'count', 'where': "kind = 'first' and state = 'answered'", 'month': 'satisfied_month', 'team_key': 'responder_team_key', 'agent_key': 'responder_agent_key', 'happened_at': 'satisfied_at'},
        {'kpi_id': 'policy_coverage', 'stat': 'ratio', 'numerator': 'case when has_marketplace_target then 1 else 0 end', 'denominator': '1', 'layer': 'marketplace', 'where': 'needs_marketplace_target', 'month': 'started_month', 'team_key': 'start_team_key', 'agent_key': 'null'},
        {'kpi_id': 'policy_coverage', 'stat': 'ratio', 'numerator': 'case when has_internal_target then 1 else 0 end', 'denominator': '1', 'layer': 'internal', 'where': 'needs_internal_target', 'month': 'started_month', 'team_key': 'start_team_key', 'agent_key': 'null'},
    ]) }}
    union all
    {{ kpi_durations('answered', [
        {'kpi_id': 'frt', 'clock': 'calendar', 'seconds': 'elapsed_cal_s', 'where': "kind = 'first'"},
        {'kpi_id': 'frt', 'clock': 'business', 'seconds': 'elapsed_bus_s', 'where': "kind = 'first'"},
        {'kpi_id': 'nrt', 'clock': 'calendar', 'seconds': 'elapsed_cal_s', 'where': "kind = 'next'"},
        {'kpi_id': 'nrt', 'clock': 'business', 'seconds': 'elapsed_bus_s', 'where': "kind = 'next'"},
        {'kpi_id': 'reaction_time', 'clock': 'calendar', 'seconds': 'reaction_cal_s', 'agent_key': 'undisturbed_agent_key'},
        {'kpi_id': 'reaction_time', 'clock': 'business', 'seconds': 'reaction_bus_s', 'agent_key': 'undisturbed_agent_key'},
        {'kpi_id': 'asa_async', 'clock': 'calendar', 'seconds': 'elapsed_cal_s', 'where': 'is_async'},
        {'kpi_id': 'asa_async', 'clock': 'business', 'seconds': 'elapsed_bus_s', 'where': 'is_async'},
        {'kpi_id': 'asa', 'clock': 'calendar', 'seconds': 'elapsed_cal_s', 'where': 'is_live', 'team_key': 'start_team_key', 'agent_key': 'null'},
    ]) }}
    union all
    {{ kpi_durations('answered_by_anyone', [
        {'kpi_id': 'frt_any', 'clock': 'calendar', 'seconds': 'any_answer_cal_s'},
    ]) }}

)

select * from measured
