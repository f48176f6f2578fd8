-- Resolved tickets and whether their handling was measured, inferred or not seen at all, in the month of the last resolution.

with

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

sessions as (

    select * from {{ ref('int_handle_sessions') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

worked as (

    select
        cycles.cycle_key,
        max(case when sessions.is_measured then 1 else 0 end) as is_measured
    from cycles
    inner join sessions
        on
        cycles.ticket_key = sessions.ticket_key
        and sessions.started_at <= cycles.ended_at
    where cycles.is_last
    group by cycles.cycle_key

),

resolved as (

    select
        cycles.tenant_id,
        {{ kpi_local_month('cycles.ended_at') }} as month,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        case worked.is_measured when 1 then 'measured' when 0 then 'inferred only' else 'no session' end as detail,
        case when worked.is_measured = 1 then 1 else 0 end as is_measured,
        case when worked.is_measured = 0 then 1 else 0 end as is_inferred,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        cycles.resolver_team_key as team_key,
        cast(null as varchar) as agent_key
    from cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    inner join tenants on cycles.tenant_id = tenants.tenant_id
    left join worked on cycles.cycle_key = worked.cycle_key
    where
        cycles.is_last
        and cycles.ended_at is not null
        and not tickets.is_excluded

),

measured as (

    {{ kpi_counts('resolved', [
        {'kpi_id': 'handle_time_coverage', 'stat': 'ratio', 'numerator': 'is_measured', 'denominator': '1'},
        {'kpi_id': 'handle_time_coverage', 'stat': 'ratio', 'variant': 'inferred_share', 'numerator': 'is_inferred', 'denominator': '1'},
    ]) }}

)

select * from measured
