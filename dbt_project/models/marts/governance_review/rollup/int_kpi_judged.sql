{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Status of every monthly number by kpi-catalogue §10.2: distance to the target, tolerance, small n with the favourable
-- end of the interval, and the first of the grey reasons that applies.

with

numbers as (

    select * from {{ ref('int_kpi_targeted') }}

),

measured as (

    select
        numbers.*,
        {{ kpi_gap('value', 'target', 'target_high', 'direction') }} as gap_to_target,
        -- a count has no interval: its value is both ends
        {{ kpi_gap('coalesce(ci_low, value)', 'target', 'target_high', 'direction') }} as low_end_gap,
        {{ kpi_gap('coalesce(ci_high, value)', 'target', 'target_high', 'direction') }} as high_end_gap,
        direction in ('band', 'zero')
        and ci_low <= case when direction = 'zero' then -target else target end
        and ci_high >= coalesce(target_high, target) as is_band_inside_interval
    from numbers

),

missed as (

    select
        *,
        greatest(-gap_to_target, 0) as miss,
        case
            when is_band_inside_interval then 0
            when stat in ('ratio', 'median', 'p90', 'score') and (ci_low is null or ci_high is null) then null
            when stat in ('mean', 'p95') then null
            else least(greatest(-low_end_gap, 0), greatest(-high_end_gap, 0))
        end as favourable_miss,
        direction in ('less_than', 'greater_than') and gap_to_target = 0 as is_strict_equality
    from measured

),

judged as (

    select
        *,
        case
            when not is_measurable then 'grey_not_measurable'
            when target is null then 'grey_no_target'
            when is_stale then 'grey_stale'
            when value is null then 'grey_small_n'
            when n < min_n and coalesce(favourable_miss, 0) > amber_tolerance then 'red'
            when n < min_n then 'grey_small_n'
            when miss > amber_tolerance then 'red'
            when miss > 0 or is_strict_equality then 'amber'
            else 'green'
        end as status
    from missed

),

explained as (

    select
        *,
        case status
            when 'grey_not_measurable' then gap_reason
            when 'grey_no_target'
                then
                    case
                        when is_governed_clock then 'no target is in force for this statistic, scope and month'
                        else 'visible twin: the governed clock of this KPI is ' || governed_clock
                    end
            when 'grey_stale' then 'the last published value is older than the month'
            when 'grey_small_n'
                then
                    coalesce(
                        gap_reason,
                        'n = ' || cast(coalesce(n, 0) as varchar) || ', at least '
                        || cast(min_n as varchar) || ' needed'
                    )
        end as status_reason
    from judged

)

select * from explained
