-- Each monthly number's judgement beside its own past: the two months behind it, its trend, and how long it has been off target.
-- Grain: series and month.

with

judged as (

    select * from {{ ref('int_kpi_judged') }}

),

months as (

    select * from {{ ref('int_kpi_months') }}

),

keyed as (

    select
        judged.*,
        months.is_finished,
        -- higher is better on this scale; without a reading it stays null
        case judged.good_side when 1 then judged.value when -1 then -judged.value when 0 then -judged.miss end as goodness,
        case when months.is_finished and judged.status in ('amber', 'red') then 1 else 0 end as is_off,
        case when months.is_finished and judged.status = 'red' then 1 else 0 end as is_red,
        case when months.is_finished and judged.status = 'green' then 1 else 0 end as is_green,
        case when months.is_finished and judged.status in ('green', 'amber') then 1 else 0 end as is_not_red
    from judged
    inner join months
        on
        judged.tenant_id = months.tenant_id
        and judged.month = months.month

),

past as (

    -- only what the windows read: sorting whole rows costs several times as much
    select
        series_key,
        month,
        is_green,
        is_not_red,
        lag(month, 1) over series as month_1,
        lag(month, 2) over series as month_2,
        lag(value, 2) over series as value_2,
        lag(goodness, 1) over series as goodness_1,
        lag(goodness, 2) over series as goodness_2,
        lag(n, 1) over series as n_1,
        lag(n, 2) over series as n_2,
        lag(status, 1) over series as status_1,
        sum(is_off) over so_far as off_so_far,
        sum(is_red) over so_far as red_so_far
    from keyed
    window
        series as (partition by series_key order by month),
        so_far as (partition by series_key order by month rows between unbounded preceding and current row)

),

runs as (

    -- a streak is what came since the last month that ended it; grey months neither add to a streak nor break it
    select
        *,
        off_so_far - coalesce(max(case when is_green = 1 then off_so_far end) over so_far, 0) as off_run,
        red_so_far - coalesce(max(case when is_not_red = 1 then red_so_far end) over so_far, 0) as red_run
    from past
    window so_far as (partition by series_key order by month rows between unbounded preceding and current row)

),

beside as (

    select
        keyed.*,
        runs.status_1,
        runs.goodness_1,
        runs.goodness_2,
        case when keyed.is_finished then runs.off_run end as off_target_streak,
        case when keyed.is_finished then runs.red_run end as red_streak,
        runs.month_1 = {{ dbt.dateadd('month', -1, 'runs.month') }} as has_month_before,
        runs.month_1 = {{ dbt.dateadd('month', -1, 'runs.month') }}
        and runs.month_2 = {{ dbt.dateadd('month', -2, 'runs.month') }}
        and keyed.n >= keyed.min_n and runs.n_1 >= keyed.min_n and runs.n_2 >= keyed.min_n
        and keyed.goodness is not null and runs.goodness_1 is not null and runs.goodness_2 is not null as has_three_months,
        coalesce(keyed.amber_tolerance, case when keyed.is_part then 0.02 else 0.1 * abs(runs.value_2) end) / 2
            as trend_threshold
    from keyed
    inner join runs
        on
        keyed.series_key = runs.series_key
        and keyed.month = runs.month

),

final as (

    select
        {% for column in [
            'series_key', 'month', 'is_finished', 'value', 'numerator', 'n', 'min_n', 'is_share', 'good_side', 'is_governed', 'target',
            'target_high', 'amber_tolerance', 'direction', 'target_class', 'target_version_id', 'gap_to_target', 'miss', 'status', 'status_reason',
            'window_reason', 'status_1', 'has_month_before', 'off_target_streak', 'red_streak',
        ] -%}
        {{ column }},
        {% endfor -%}
        case
            when not coalesce(has_three_months, false) then 'insufficient'
            when goodness > goodness_1 and goodness_1 > goodness_2 and goodness - goodness_2 >= trend_threshold then 'improving'
            when goodness < goodness_1 and goodness_1 < goodness_2 and goodness_2 - goodness >= trend_threshold then 'worsening'
            else 'flat'
        end as trend_3m
    from beside

)

select * from final
