{{ config(schema='intermediate', access='private', materialized='view', contract={'enforced': false}) }}

-- The classes of a month's days and weeks: value_text is the one that asks for most attention, value the number of unexplained
-- periods, n the most points behind its limits. A week belongs to the month of its Monday; running periods wait.

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
    inner join {{ ref('canonical__tenants') }} as tenants on volumes.tenant_id = tenants.tenant_id
    left join {{ ref('dim_channels') }} as channels on volumes.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on volumes.team_key = teams.team_key
    where
        volumes.scope_type <> 'channel_team'
        and case
            when volumes.grain = 'day' then {{ add_days('volumes.period_start', 1) }}
            else {{ add_days('volumes.period_start', 7) }}
        end <= cast({{ utc_to_local(as_of_at(), 'tenants.reporting_tz') }} as date)

),

counted as (

    select
        tenant_id,
        month,
        variant,
        scope_type,
        scope_id,
        max(attention) as attention,
        sum(case when attention = 6 then 1 else 0 end) as unexplained,
        sum(case when attention > 1 then 1 else 0 end) as judged,
        max(baseline_points) as points
    from periods
    group by tenant_id, month, variant, scope_type, scope_id

),

final as (

    select
        tenant_id,
        month,
        'speed_volume_verdict' as kpi_id,
        'class' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        case when judged > 0 then {{ as_double('unexplained') }} end as value,
        case attention
            when 6 then 'unexplained'
            when 5 then 'suspicious_gain'
            when 4 then 'explained_by_staffing'
            when 3 then 'explained_by_volume'
            when 2 then 'normal'
            else 'insufficient'
        end as value_text,
        unexplained as numerator,
        judged as denominator,
        points as n,
        cast(null as double) as ci_low,
        cast(null as double) as ci_high
    from counted

)

select * from final
