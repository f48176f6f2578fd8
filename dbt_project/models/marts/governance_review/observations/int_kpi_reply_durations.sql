-- Reply times, one row per answered turn, KPI and clock, in the month of the reply and the name of the responder. The wait in
-- a live queue is nobody's, since no agent had it: it counts for the team whose queue it was.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

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
        {{ kpi_local_month('obligations.satisfied_at') }} as month,
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
    inner join tenants on obligations.tenant_id = tenants.tenant_id
    left join channels on obligations.channel_key = channels.channel_key
    left join incident_turns on obligations.obligation_key = incident_turns.obligation_key
    where
        obligations.state = 'answered'
        and obligations.kind in ('first', 'next')
        -- a logged call is answered at the call itself and would pull every mean towards zero
        and not (tickets.origin = 'proxy' and obligations.kind = 'first' and obligations.started_at = tickets.created_at)

),

measured as (

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

)

select * from measured
