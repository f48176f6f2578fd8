{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- Turns, median reaction and working hours per day and week of the company, each channel, team, channel in a team, and person
-- (days and weeks with at least ten reactions). Medians are taken from the rows of each scope.
{% set scopes = [[], ['channel_key'], ['team_key'], ['channel_key', 'team_key'], ['agent_key']] %}
with days as (
    select
        tenant_id,
        date_day,
        iso_week
    from {{ ref('dim_dates') }}
),

events as (
    select
        events.tenant_id,
        events.date_day as day_start,
        days.iso_week as week_start,
        events.channel_key,
        events.team_key,
        events.agent_key,
        events.turns,
        events.reaction_s,
        events.ends,
        events.silent_ends
    from {{ ref('int_speed_events') }} as events
    inner join days
        on
        events.tenant_id = days.tenant_id
        and events.date_day = days.date_day
),

counted as (
    {% for grain in ['day', 'week'] %}
    select
        tenant_id,
        '{{ grain }}' as grain,
        {{ grain }}_start as period_start,
        case
            when grouping(agent_key) = 0 then 'agent'
            when grouping(channel_key) = 0 and grouping(team_key) = 0 then 'channel_team'
            when grouping(channel_key) = 0 then 'channel'
            when grouping(team_key) = 0 then 'team'
            else 'company'
        end as scope_type,
        channel_key,
        team_key,
        agent_key,
        sum(turns) as turns,
        count(reaction_s) as n_reactions,
        percentile_cont(0.5) within group (order by reaction_s) as reaction_median_s,
        sum(ends) as ends,
        sum(silent_ends) as silent_ends
    from events
    group by {{ scope_sets(['tenant_id', grain ~ '_start'], scopes) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

scoped as (
    select * from counted
    where
        (scope_type <> 'agent' or (agent_key is not null and n_reactions >= 10))
        and (scope_type not in ('team', 'channel_team') or team_key is not null)
        and (scope_type not in ('channel', 'channel_team') or channel_key is not null)
),

hours as (
    {% for grain, column in [('day', 'days.date_day'), ('week', 'days.iso_week')] %}
    select
        hours.tenant_id,
        '{{ grain }}' as grain,
        {{ column }} as period_start,
        case
            when grouping(hours.agent_key) = 0 then 'agent'
            when grouping(hours.team_key) = 0 then 'team'
            else 'company'
        end as scope_type,
        hours.team_key,
        hours.agent_key,
        sum(hours.staffed_s) as staffed_s,
        sum(hours.planned_s) as planned_s
    from {{ ref('int_staffed_hours') }} as hours
    inner join days
        on
        hours.tenant_id = days.tenant_id
        and hours.date_day = days.date_day
    group by {{ scope_sets(['hours.tenant_id', column], [[], ['hours.team_key'], ['hours.agent_key']]) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- The hours of a channel are those of the teams that worked it in the period.
channel_hours as (
    select
        scoped.tenant_id,
        scoped.grain,
        scoped.period_start,
        scoped.channel_key,
        sum(hours.staffed_s) as staffed_s,
        sum(hours.planned_s) as planned_s
    from scoped
    inner join hours
        on
        scoped.tenant_id = hours.tenant_id
        and scoped.grain = hours.grain
        and scoped.period_start = hours.period_start
        and scoped.team_key = hours.team_key
        and hours.scope_type = 'team'
    where scoped.scope_type = 'channel_team' and scoped.n_reactions > 0
    group by scoped.tenant_id, scoped.grain, scoped.period_start, scoped.channel_key
),

final as (
    select
        scoped.*,
        case scoped.scope_type
            when 'channel' then channel_hours.staffed_s
            else hours.staffed_s
        end as staffed_s,
        case scoped.scope_type
            when 'channel' then channel_hours.planned_s
            else hours.planned_s
        end as planned_s
    from scoped
    left join hours
        on
        scoped.tenant_id = hours.tenant_id
        and scoped.grain = hours.grain
        and scoped.period_start = hours.period_start
        and hours.scope_type = case scoped.scope_type when 'channel_team' then 'team' else scoped.scope_type end
        and coalesce(hours.team_key, '') = case when scoped.scope_type in ('team', 'channel_team') then scoped.team_key else '' end
        and coalesce(hours.agent_key, '') = case when scoped.scope_type = 'agent' then scoped.agent_key else '' end
    left join channel_hours
        on
        scoped.tenant_id = channel_hours.tenant_id
        and scoped.grain = channel_hours.grain
        and scoped.period_start = channel_hours.period_start
        and scoped.channel_key = channel_hours.channel_key
)

select * from final
