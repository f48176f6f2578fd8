-- Unsolved tickets at each month's snapshot, by whoever held them then, and the age of those that waited for the desk.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

states as (

    select * from {{ ref('core__ticket_states') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

unsolved as (

    select
        months.tenant_id,
        months.month,
        months.snapshot_at,
        states.ticket_key,
        states.value as status,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        {{ seconds_between('tickets.created_at', 'months.snapshot_at') }} as age_s
    from states
    inner join tickets on states.ticket_key = tickets.ticket_key
    inner join months
        on
        states.tenant_id = months.tenant_id
        and states.from_at <= months.snapshot_at
        and tickets.created_at <= months.snapshot_at
        and (states.to_at > months.snapshot_at or states.to_at is null)
    where
        states.attribute = 'status'
        and states.value in ('new', 'open', 'pending', 'on_hold')
        and not tickets.is_excluded
        and not tickets.is_merged

),

held as (

    select
        unsolved.tenant_id,
        unsolved.ticket_key as fact_key,
        unsolved.ticket_key,
        unsolved.snapshot_at as happened_at,
        unsolved.status as detail,
        unsolved.month,
        unsolved.status,
        unsolved.platform,
        unsolved.marketplace_account_key,
        unsolved.channel_key,
        unsolved.age_s,
        coalesce(home_teams.team_key, teams.value) as team_key,
        coalesce(assignees.value, 'unowned') as agent_key
    from unsolved
    left join states as assignees
        on
        unsolved.ticket_key = assignees.ticket_key
        and assignees.attribute = 'assignee'
        and unsolved.snapshot_at >= assignees.from_at
        and (unsolved.snapshot_at < assignees.to_at or assignees.to_at is null)
    left join states as teams
        on
        unsolved.ticket_key = teams.ticket_key
        and teams.attribute = 'team'
        and unsolved.snapshot_at >= teams.from_at
        and (unsolved.snapshot_at < teams.to_at or teams.to_at is null)
    left join home_teams
        on
        assignees.value = home_teams.agent_key
        and unsolved.snapshot_at >= home_teams.valid_from
        and (unsolved.snapshot_at < home_teams.valid_to or home_teams.valid_to is null)

),

measured as (

    {{ kpi_counts('held', [
        {'kpi_id': 'backlog', 'stat': 'count'},
        {'kpi_id': 'backlog_actionable', 'stat': 'count', 'where': "status in ('new', 'open')"},
    ]) }}
    union all
    {{ kpi_durations('held', [
        {'kpi_id': 'backlog_age_p90', 'clock': 'calendar', 'seconds': 'age_s', 'where': "status in ('new', 'open')"},
    ]) }}

)

select * from measured
