-- Weeks on target: how many of the judged weeks of the last twelve reached the goal of compliance.

with

added as (

    select
        tenant_id,
        month,
        layer,
        scope_type,
        scope_id,
        sum(case when is_met then 1 else 0 end) as weeks_met,
        count(*) as weeks_judged
    from {{ ref('int_kpi_weeks_judged') }}
    group by tenant_id, month, layer, scope_type, scope_id

),

final as (

    select
        tenant_id,
        month,
        'agent_consistency' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        layer,
        'none' as variant,
        scope_type,
        scope_id,
        {{ as_double('weeks_met') }} / weeks_judged as value,
        cast(null as varchar) as value_text,
        weeks_met as numerator,
        weeks_judged as denominator,
        weeks_judged as n,
        {{ wilson_bound('weeks_met', 'weeks_judged', 'low') }} as ci_low,
        {{ wilson_bound('weeks_met', 'weeks_judged', 'high') }} as ci_high
    from added

)

select * from final
