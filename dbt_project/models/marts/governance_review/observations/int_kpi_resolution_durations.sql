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
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        'cycle ' || cast(cycles.cycle_no as varchar) as detail,
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

    {{ kpi_durations('ended', [
        {'kpi_id': 'first_resolution_time', 'clock': 'calendar', 'seconds': 'first_contact_to_end_cal_s', 'where': 'cycle_no = 1'},
        {'kpi_id': 'first_resolution_time', 'clock': 'business', 'seconds': 'first_contact_to_end_bus_s', 'where': 'cycle_no = 1'},
        {'kpi_id': 'full_resolution_time', 'clock': 'calendar', 'seconds': 'first_contact_to_end_cal_s', 'where': 'is_final'},
        {'kpi_id': 'full_resolution_time', 'clock': 'business', 'seconds': 'first_contact_to_end_bus_s', 'where': 'is_final'},
    ]) }}

)

select * from measured
