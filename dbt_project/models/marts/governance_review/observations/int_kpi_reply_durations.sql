{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Reply times, one row per answered turn, KPI and clock, in the month of the reply and the name of the responder.

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

    {% for kpi_id, clock, seconds, agent_key, condition in [
        ('frt', 'calendar', 'elapsed_cal_s', 'agent_key', "kind = 'first'"),
        ('frt', 'business', 'elapsed_bus_s', 'agent_key', "kind = 'first'"),
        ('nrt', 'calendar', 'elapsed_cal_s', 'agent_key', "kind = 'next'"),
        ('nrt', 'business', 'elapsed_bus_s', 'agent_key', "kind = 'next'"),
        ('reaction_time', 'calendar', 'reaction_cal_s', 'undisturbed_agent_key', 'true'),
        ('reaction_time', 'business', 'reaction_bus_s', 'undisturbed_agent_key', 'true'),
        ('asa_async', 'calendar', 'elapsed_cal_s', 'agent_key', 'is_async'),
        ('asa_async', 'business', 'elapsed_bus_s', 'agent_key', 'is_async'),
    ] %}
    select
        tenant_id,
        month,
        '{{ kpi_id }}' as kpi_id,
        '{{ clock }}' as clock,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        {{ agent_key }} as agent_key,
        {{ seconds }} as seconds
    from answered
    where {{ condition }} and {{ seconds }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
