-- The classes of a month's days and weeks: value_text is the one that asks for most attention, value the number of unexplained
-- periods, n the most points behind its limits.

with

periods as (

    select * from {{ ref('int_kpi_speed_periods') }}

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
