{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- First and full resolution time, one row per ticket and clock, in the month of the solve and the name of the resolver.

with

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

ended as (

    select
        cycles.tenant_id,
        {{ kpi_local_month('cycles.ended_at') }} as month,
        cycles.cycle_no,
        cycles.is_last and cycles.is_mature as is_final,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        cycles.resolver_team_key as team_key,
        coalesce(cycles.resolver_agent_key, 'unowned') as agent_key,
        cycles.first_contact_to_end_cal_s,
        cycles.first_contact_to_end_bus_s
    from cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    inner join tenants on cycles.tenant_id = tenants.tenant_id
    where
        not tickets.is_excluded
        and cycles.ended_at is not null

),

measured as (

    {% for kpi_id, clock, seconds, condition in [
        ('first_resolution_time', 'calendar', 'first_contact_to_end_cal_s', 'cycle_no = 1'),
        ('first_resolution_time', 'business', 'first_contact_to_end_bus_s', 'cycle_no = 1'),
        ('full_resolution_time', 'calendar', 'first_contact_to_end_cal_s', 'is_final'),
        ('full_resolution_time', 'business', 'first_contact_to_end_bus_s', 'is_final'),
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
        agent_key,
        {{ seconds }} as seconds
    from ended
    where {{ condition }} and {{ seconds }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
