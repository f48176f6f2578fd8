-- Age of the tickets that waited for the desk at each month's snapshot, by whoever held them then.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

waiting as (

    select
        backlog.tenant_id,
        backlog.month,
        backlog.fact_key,
        backlog.ticket_key,
        backlog.happened_at,
        backlog.detail,
        {{ seconds_between('tickets.created_at', 'backlog.happened_at') }} as age_s,
        backlog.platform,
        backlog.marketplace_account_key,
        backlog.channel_key,
        backlog.team_key,
        backlog.agent_key
    from {{ ref('int_kpi_backlog') }} as backlog
    inner join tickets on backlog.ticket_key = tickets.ticket_key
    where backlog.kpi_id = 'backlog_actionable'

),

measured as (

    {{ kpi_durations('waiting', [{'kpi_id': 'backlog_age_p90', 'clock': 'calendar', 'seconds': 'age_s'}]) }}

)

select * from measured
