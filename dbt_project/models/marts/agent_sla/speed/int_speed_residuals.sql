{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- How much of a day's slowness its load does not explain (§12): ln(speed) = a + b ln(load) + weekday, fitted on the 56 days before.
-- The weekday is removed by centring within it; grain: series and day. What is left is measured by the error of a prediction, which
-- grows with the distance of the load from those of the 56 days. A week adds its days; the error of the slope is the same in all.
-- Sums are of decimals: those of doubles depend on the order in which parallel threads add them up.
with points as (
    select
        series_key,
        tenant_id,
        scope_type,
        channel_key,
        team_key,
        agent_key,
        period_start,
        iso_week,
        is_event_day,
        {{ iso_weekday('period_start') }} as weekday,
        cast(ln(speed_s) as decimal(18, 15)) as y,
        cast(ln(load) as decimal(18, 15)) as x
    from {{ ref('int_speed_values') }}
    where grain = 'day' and speed_s is not null and load > 0
),

sums as (
    select
        later.series_key,
        later.period_start,
        earlier.weekday,
        max(later.weekday) as own_weekday,
        count(*) as n,
        {{ as_double('sum(earlier.x)') }} as sx,
        {{ as_double('sum(earlier.y)') }} as sy,
        {{ as_double('sum(earlier.x * earlier.x)') }} as sxx,
        {{ as_double('sum(earlier.x * earlier.y)') }} as sxy,
        {{ as_double('sum(earlier.y * earlier.y)') }} as syy
    from points as later
    inner join points as earlier
        on
        later.series_key = earlier.series_key
        and earlier.period_start < later.period_start
        and earlier.period_start >= {{ add_days('later.period_start', -56) }}
        and not earlier.is_event_day
    group by later.series_key, later.period_start, earlier.weekday
),

fitted as (
    select
        series_key,
        period_start,
        sum(n) as n,
        count(*) as weekdays,
        {{ as_double('sum(cast(sxx - sx * sx / n as decimal(38, 18)))') }} as cxx,
        {{ as_double('sum(cast(sxy - sx * sy / n as decimal(38, 18)))') }} as cxy,
        {{ as_double('sum(cast(syy - sy * sy / n as decimal(38, 18)))') }} as cyy,
        max(case when weekday = own_weekday then sx / n end) as mean_x,
        max(case when weekday = own_weekday then sy / n end) as mean_y,
        max(case when weekday = own_weekday then n end) as own_n
    from sums
    group by series_key, period_start
),

spread as (
    -- loads that never differ have no slope; what is left of them is the rounding of the machine
    select
        *,
        case when cxx > 1e-12 then cxx end as spread
    from fitted
),

measured as (
    select
        points.*,
        round(fitted.cxy / fitted.spread, 6) as slope,
        1 + 1.0 / fitted.own_n as own_variance,
        (points.x - fitted.mean_x) / sqrt(fitted.spread) as distance,
        case
            when fitted.own_n >= 3 and fitted.n - fitted.weekdays - 1 >= 10
                then
                    (points.y - fitted.mean_y - fitted.cxy / fitted.spread * (points.x - fitted.mean_x))
                    / nullif(
                        sqrt(
                            greatest(fitted.cyy - fitted.cxy * fitted.cxy / fitted.spread, 0)
                            / (fitted.n - fitted.weekdays - 1)
                        ),
                        0
                    )
        end as residual
    from points
    inner join spread as fitted
        on
        points.series_key = fitted.series_key
        and points.period_start = fitted.period_start
),

weeks as (
    select
        tenant_id,
        scope_type,
        channel_key,
        team_key,
        agent_key,
        iso_week,
        {{ as_double('sum(cast(residual as decimal(38, 9)))') }} as residual,
        {{ as_double('sum(case when residual is not null then cast(own_variance as decimal(38, 9)) end)') }} as own_variance,
        {{ as_double('sum(case when residual is not null then cast(distance as decimal(38, 9)) end)') }} as distance
    from measured
    group by tenant_id, scope_type, channel_key, team_key, agent_key, iso_week
),

final as (
    select
        tenant_id,
        'day' as grain,
        scope_type,
        channel_key,
        team_key,
        agent_key,
        period_start,
        slope,
        round(residual / sqrt(own_variance + distance * distance), 6) as residual_z
    from measured

    union all

    select
        tenant_id,
        'week' as grain,
        scope_type,
        channel_key,
        team_key,
        agent_key,
        iso_week as period_start,
        cast(null as double) as slope,
        round(residual / sqrt(own_variance + distance * distance), 6) as residual_z
    from weeks
)

select * from final
