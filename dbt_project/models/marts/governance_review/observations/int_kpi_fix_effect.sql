-- Measured effect of each fix, once, in the month in which its 8 weeks after going live end. Beside the value stand the contacts
-- and orders it was taken from.

with

effects as (

    select * from {{ ref('int_fix_effects') }}

),

fixes as (

    select * from {{ ref('core__fixes') }}

),

final as (

    select
        effects.tenant_id,
        {{ month_start("cast(" ~ dbt.dateadd('day', 55, 'fixes.live_on') ~ " as timestamp)") }} as month,
        'fix_effect' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        'fix' as scope_type,
        effects.fix_id as scope_id,
        effects.effect as value,
        effects.verdict as value_text,
        effects.touched_after_contacts as numerator,
        effects.touched_after_orders as denominator,
        effects.touched_before_contacts + effects.touched_after_contacts as n,
        effects.effect_low as ci_low,
        effects.effect_high as ci_high,
        effects.touched_before_rate,
        effects.touched_after_rate,
        effects.control_before_rate,
        effects.control_after_rate
    from effects
    inner join fixes
        on
        effects.tenant_id = fixes.tenant_id
        and effects.fix_id = fixes.fix_id
    where effects.is_complete

)

select * from final
