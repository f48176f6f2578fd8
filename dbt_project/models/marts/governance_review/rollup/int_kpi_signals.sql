-- Process-chart signal of each monthly number (§12): finished months against the up to 40 before them, at least 12. Counted shares have
-- proportion limits that follow n and the over-dispersion of the series (Laney), everything else individuals limits.

with

months as (

    select
        series_key,
        month,
        {{ as_double('value') }} as value,
        case when is_share then {{ as_double('numerator') }} end as numerator,
        case when is_share then n end as n,
        miss,
        good_side
    from {{ ref('int_kpi_past') }}
    where is_finished and value is not null

),

ordered as (

    select
        *,
        row_number() over series as place,
        abs(value - lag(value) over series) as moving_range,
        lag(numerator) over series as numerator_1,
        lag(n) over series as n_1
    from months
    window series as (partition by series_key order by month)

),

centred as (

    select
        ordered.*,
        count(value) over baseline as points,
        count(n) over baseline = count(value) over baseline and n > 0 as is_share,
        round(avg(value) over baseline, 12) as mean_value,
        round(avg(moving_range) over ranges, 12) as mean_range,
        round(sum(numerator) over baseline / nullif(sum(n) over baseline, 0), 12) as mean_share
    from ordered
    window
        baseline as {{ xmr_window('series_key', 'month') }},
        ranges as {{ xmr_window('series_key', 'month', 39) }}

),

dispersed as (

    select
        later.series_key,
        later.month,
        round(avg(abs(
            (earlier.numerator / earlier.n - later.mean_share) / sqrt(later.mean_share * (1 - later.mean_share) / earlier.n)
            - (earlier.numerator_1 / earlier.n_1 - later.mean_share) / sqrt(later.mean_share * (1 - later.mean_share) / earlier.n_1)
        )) / 1.128, 9) as dispersion
    from centred as later
    inner join centred as earlier
        on
        later.series_key = earlier.series_key
        and earlier.place < later.place
        and earlier.place > later.place - 40
    where
        later.points >= 12
        and later.is_share
        and later.mean_share > 0
        and later.mean_share < 1
        and earlier.n > 0
        and earlier.n_1 > 0
    group by later.series_key, later.month

),

positioned as (

    select
        centred.series_key,
        centred.month,
        centred.miss,
        centred.good_side,
        case
            when centred.is_share
                then {{ xmr_position(
                    'centred.value', 'centred.mean_share',
                    '(3 * sqrt(centred.mean_share * (1 - centred.mean_share) / centred.n) * coalesce(dispersed.dispersion, 1))',
                    'centred.points') }}
            else {{ xmr_position('centred.value', 'centred.mean_value', xmr_reach('centred.mean_range'), 'centred.points') }}
        end as position
    from centred
    left join dispersed
        on
        centred.series_key = dispersed.series_key
        and centred.month = dispersed.month

),

sided as (

    select
        *,
        {{ xmr_signal('position', 1, 'series_key', 'month') }} as is_up,
        {{ xmr_signal('position', -1, 'series_key', 'month') }} as is_down
    from positioned

),

final as (

    select
        series_key,
        month,
        position,
        case
            when good_side is null then 'none'
            when good_side = 0 and miss > 0 then case when abs(position) > 1 then 'outlier_bad' else 'shift_bad' end
            when good_side = 0 then 'none'
            else
                case when abs(position) > 1 then 'outlier' else 'shift' end
                || case when (good_side = 1) = is_up then '_good' else '_bad' end
        end as signal
    from sided
    where is_up or is_down

)

select * from final
