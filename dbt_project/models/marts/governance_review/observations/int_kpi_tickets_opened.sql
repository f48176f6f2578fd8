-- Tickets opened by or for customers, merge roots only, in the month of their creation.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

opened as (

    select
        tickets.tenant_id,
        tickets.ticket_key as fact_key,
        tickets.ticket_key,
        tickets.created_at as happened_at,
        tickets.origin as detail,
        {{ kpi_local_month('tickets.created_at') }} as month,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        tickets.team_key,
        cast(null as varchar) as agent_key
    from tickets
    inner join tenants on tickets.tenant_id = tenants.tenant_id
    where tickets.is_counted

),

measured as (

    {{ kpi_counts('opened', [
        {'kpi_id': 'ticket_volume', 'stat': 'count'},
    ]) }}

)

select * from measured
