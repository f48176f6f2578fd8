{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- What the charts of §12 plot: speed (logarithm), load and turns freed from the weekday pattern by the median of the same weekday
-- in the eight weeks before, and staffing against plan. Weeks have no weekday. Known event days are marked.
with points as (
    select
        points.*,
        {{ surrogate_key([
            'points.tenant_id', 'points.grain', 'points.scope_type', "coalesce(points.channel_key, '')",
            "coalesce(points.team_key, '')", "coalesce(points.agent_key, '')",
        ]) }} as series_key,
        -- the first week of a tenant may begin before its first day
        coalesce(days.iso_week, points.period_start) as iso_week,
        points.turns * 3600 / nullif({{ as_double('points.staffed_s') }}, 0) as load,
        {{ as_double('points.staffed_s') }} / nullif(points.planned_s, 0) as staff_ratio,
        -- an answer within the second has no logarithm
        case when points.n_reactions > 0 then greatest(points.reaction_median_s, 1) end as speed_s
    from {{ ref('int_speed_points') }} as points
    left join {{ ref('dim_dates') }} as days
        on
        points.tenant_id = days.tenant_id
        and points.period_start = days.date_day
),

usual as (
    select
        later.series_key,
        later.period_start,
        count(earlier.speed_s) as weekdays_before,
        percentile_cont(0.5) within group (order by earlier.speed_s) as usual_speed_s,
        percentile_cont(0.5) within group (order by earlier.load) as usual_load,
        percentile_cont(0.5) within group (order by earlier.turns) as usual_turns
    from points as later
    inner join points as earlier
        on
        later.series_key = earlier.series_key
        and later.grain = 'day'
        and earlier.period_start in (
            {%- for weeks in range(1, 9) %}
            {{ add_days('later.period_start', weeks * -7) }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
    group by later.series_key, later.period_start
),

marked as (
    select distinct
        points.series_key,
        points.period_start
    from points
    inner join {{ ref('dim_dates') }} as days
        on
        points.tenant_id = days.tenant_id
        and ((points.grain = 'day' and points.period_start = days.date_day) or (points.grain = 'week' and points.period_start = days.iso_week))
    inner join {{ ref('core__event_calendar') }} as events
        on
        points.tenant_id = events.tenant_id
        and events.kind in ('holiday', 'sales_day', 'launch')
        and events.starts_at < days.day_end_at
        and events.ends_at > days.day_start_at
    left join {{ ref('dim_channels') }} as channels
        on points.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams
        on points.team_key = teams.team_key
    where
        events.scope_type = 'company'
        or (events.scope_type = 'platform' and events.scope_id = channels.platform)
        or (events.scope_type = 'channel' and events.scope_id = channels.channel_id)
        or (events.scope_type = 'team' and events.scope_id = teams.team_id)
),

freed as (
    select
        points.*,
        marked.series_key is not null as is_event_day,
        case
            when points.grain = 'week' then 1
            when usual.weekdays_before >= 3 then usual.usual_speed_s
        end as usual_speed_s,
        case
            when points.grain = 'week' then 1
            when usual.weekdays_before >= 3 then nullif(usual.usual_load, 0)
        end as usual_load,
        case
            when points.grain = 'week' then 1
            when usual.weekdays_before >= 3 then nullif(usual.usual_turns, 0)
        end as usual_turns
    from points
    left join usual
        on
        points.series_key = usual.series_key
        and points.period_start = usual.period_start
    left join marked
        on
        points.series_key = marked.series_key
        and points.period_start = marked.period_start
)

select
    *,
    round(ln(speed_s / usual_speed_s), 9) as speed_x,
    round(load / usual_load, 9) as load_x,
    round(turns / usual_turns, 9) as turns_x,
    round(staff_ratio, 9) as staff_x
from freed
