-- How many of the top five reasons of the last 30 days, at each month's end, a good locked macro covers, per scope.

with

reasons as (

    select * from {{ ref('int_kpi_macro_covered') }}

),

final as (

    select
        tenant_id,
        month,
        'macro_top5_coverage' as kpi_id,
        'count' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        scope_type,
        scope_id,
        {{ as_double('sum(case when is_covered then 1 else 0 end)') }} as value,
        case
            when count(*) > sum(case when is_covered then 1 else 0 end)
                then 'without: ' || {{ dbt.listagg(
                    "case when not is_covered then reason_name end", "', '", "order by reason_name"
                ) }}
        end as value_text,
        sum(case when is_covered then 1 else 0 end) as numerator,
        cast(null as bigint) as denominator,
        count(*) as n,
        null as ci_low,
        null as ci_high
    from reasons
    group by tenant_id, month, scope_type, scope_id

)

select * from final
