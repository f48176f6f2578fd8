{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Each monthly number beside its own past: the month before, the same month a year ago, the two months behind it, and how
-- long it has been off target. A series is one KPI version, statistic, clock, layer, variant and scope.

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
        {{ surrogate_key([
            'judged.tenant_id', 'judged.kpi_id', 'cast(judged.kpi_version as varchar)', 'judged.stat',
            'judged.clock', 'judged.layer', 'judged.variant', 'judged.scope_type', 'judged.scope_id',
        ]) }} as series_key,
        -- higher is better on this scale; without a reading it stays null
        case
            when judged.direction in ('band', 'zero', 'equals') then -judged.miss
            when judged.better = 'higher' or judged.direction in ('higher', 'greater_than') then judged.value
            when judged.better = 'lower' or judged.direction in ('lower', 'less_than') then -judged.value
        end as goodness,
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

lagged as (

    select
        *,
        lag(month, 1) over (partition by series_key order by month) as month_1,
        lag(month, 2) over (partition by series_key order by month) as month_2,
        lag(value, 1) over (partition by series_key order by month) as value_1,
        lag(goodness, 1) over (partition by series_key order by month) as goodness_1,
        lag(goodness, 2) over (partition by series_key order by month) as goodness_2,
        lag(n, 1) over (partition by series_key order by month) as n_1,
        lag(n, 2) over (partition by series_key order by month) as n_2,
        lag(value, 2) over (partition by series_key order by month) as value_2,
        lag(status, 1) over (partition by series_key order by month) as status_1,
        sum(is_green) over (partition by series_key order by month rows between unbounded preceding and current row) as green_run,
        sum(is_not_red) over (partition by series_key order by month rows between unbounded preceding and current row) as not_red_run
    from keyed

),

streaked as (

    -- grey months neither add to a streak nor break it
    select
        *,
        case
            when is_finished
                then sum(is_off) over (partition by series_key, green_run order by month rows between unbounded preceding and current row)
        end as off_target_streak,
        case
            when is_finished
                then sum(is_red) over (partition by series_key, not_red_run order by month rows between unbounded preceding and current row)
        end as red_streak,
        month_1 = {{ dbt.dateadd('month', -1, 'month') }} as has_month_before,
        month_1 = {{ dbt.dateadd('month', -1, 'month') }}
        and month_2 = {{ dbt.dateadd('month', -2, 'month') }}
        and n >= min_n and n_1 >= min_n and n_2 >= min_n
        and goodness is not null and goodness_1 is not null and goodness_2 is not null as has_three_months,
        coalesce(amber_tolerance, case when stat in ('ratio', 'score') then 0.02 else 0.1 * abs(value_2) end) / 2 as trend_threshold
    from lagged

),

final as (

    select
        *,
        case
            when not coalesce(has_three_months, false) then 'insufficient'
            when goodness > goodness_1 and goodness_1 > goodness_2 and goodness - goodness_2 >= trend_threshold then 'improving'
            when goodness < goodness_1 and goodness_1 < goodness_2 and goodness_2 - goodness >= trend_threshold then 'worsening'
            else 'flat'
        end as trend_3m
    from streaked

)

select * from final
