-- R2: a ratio is its stored numerator over its stored denominator (times 100 where the unit says so), a mean is its seconds over their
-- number, a count is its numerator. Left out is what no two stored parts make: chance-corrected agreement, differences between two
-- sides, the largest lag of several, and figures that platforms publish rounded.
with

monthly as (

    select
        monthly.*,
        -- companions of a number per 100 are shares
        case
            when definitions.unit = 'per 100' and '|' || coalesce(definitions.companions, '') || '|' not like '%|' || monthly.variant || '|%' then 100
            else 1
        end as factor
    from {{ ref('kpi_monthly') }} as monthly
    inner join {{ ref('kpi_definitions') }} as definitions
        on
        monthly.kpi_id = definitions.kpi_id
        and monthly.kpi_version = definitions.kpi_version
    where
        monthly.value is not null
        and monthly.stat in ('ratio', 'mean', 'score', 'count')
        and monthly.kpi_id not in ('fix_effect', 'reconciliation_delta', 'freshness_lag')
        and not (monthly.kpi_id = 'qa_agreement' and monthly.variant <> 'none')

),

recombined as (

    select
        *,
        case
            when stat = 'count' then {{ as_double('numerator') }}
            else factor * {{ as_double('numerator') }} / nullif({{ as_double('denominator') }}, 0)
        end as recombined_value
    from monthly

)

select
    tenant_id,
    month,
    kpi_id,
    stat,
    clock,
    layer,
    variant,
    scope_type,
    scope_id,
    value,
    numerator,
    denominator
from recombined
where
    recombined_value is null
    or abs({{ as_double('value') }} - recombined_value) > 0.000001 * greatest(1, abs(recombined_value))
