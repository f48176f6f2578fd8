-- Finished days and weeks with their class of the speed-against-volume table, per scope of the monthly KPI. A week belongs to the
-- month of its Monday; running periods wait.

with

periods as (

    select
        volumes.tenant_id,
        {{ month_start('volumes.period_start') }} as month,
        volumes.grain as variant,
        volumes.scope_type,
        case volumes.scope_type
            when 'company' then 'company'
            when 'channel' then channels.channel_id
            when 'team' then teams.team_id
            else volumes.agent_key
        end as scope_id,
        volumes.period_start,
        volumes.verdict,
        volumes.baseline_points,
        case volumes.verdict
            when 'unexplained' then 6
            when 'suspicious_gain' then 5
            when 'explained_by_staffing' then 4
            when 'explained_by_volume' then 3
            when 'normal' then 2
            else 1
        end as attention
    from {{ ref('speed_volume') }} as volumes
    inner join {{ ref('dim_tenants') }} as tenants on volumes.tenant_id = tenants.tenant_id
    left join {{ ref('dim_channels') }} as channels on volumes.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on volumes.team_key = teams.team_key
    where
        volumes.scope_type <> 'channel_team'
        and case
            when volumes.grain = 'day' then {{ add_days('volumes.period_start', 1) }}
            else {{ add_days('volumes.period_start', 7) }}
        end <= cast({{ utc_to_local(as_of_at(), 'tenants.reporting_tz') }} as date)

)

select * from periods
