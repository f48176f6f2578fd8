-- Who held a role at each month's end, as far as it names one person: for teams and agents the lead of that home team,
-- elsewhere the holder of the role in the company who has had it longest.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

roles as (

    select * from {{ ref('core__agent_role_history') }}

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

holders as (

    select
        months.tenant_id,
        months.month,
        months.snapshot_at,
        roles.role,
        roles.agent_key,
        roles.valid_from,
        teams.team_id,
        row_number() over (
            partition by months.tenant_id, months.month, roles.role order by roles.valid_from, roles.agent_id
        ) as company_place,
        row_number() over (
            partition by months.tenant_id, months.month, roles.role, teams.team_id order by roles.valid_from, roles.agent_id
        ) as team_place
    from months
    inner join roles
        on
        months.tenant_id = roles.tenant_id
        and months.snapshot_at >= roles.valid_from
        and (months.snapshot_at < roles.valid_to or roles.valid_to is null)
    left join home_teams
        on
        roles.agent_key = home_teams.agent_key
        and months.snapshot_at >= home_teams.valid_from
        and (months.snapshot_at < home_teams.valid_to or home_teams.valid_to is null)
    left join teams on home_teams.team_key = teams.team_key

),

members as (

    select
        months.tenant_id,
        months.month,
        home_teams.agent_key,
        max(teams.team_id) as team_id
    from months
    inner join home_teams
        on
        months.snapshot_at >= home_teams.valid_from
        and (months.snapshot_at < home_teams.valid_to or home_teams.valid_to is null)
    inner join teams
        on
        home_teams.team_key = teams.team_key
        and months.tenant_id = teams.tenant_id
    group by months.tenant_id, months.month, home_teams.agent_key

),

final as (

    select
        tenant_id,
        month,
        'company' as level,
        '*' as scope_id,
        role,
        agent_key as person_key
    from holders
    where company_place = 1

    union all

    select
        tenant_id,
        month,
        'team' as level,
        team_id as scope_id,
        role,
        agent_key as person_key
    from holders
    where
        team_id is not null
        and team_place = 1

    union all

    select
        members.tenant_id,
        members.month,
        'agent' as level,
        members.agent_key as scope_id,
        holders.role,
        holders.agent_key as person_key
    from members
    inner join holders
        on
        members.tenant_id = holders.tenant_id
        and members.month = holders.month
        and members.team_id = holders.team_id
    where holders.team_place = 1

)

select * from final
