-- Cohen's kappa: agreement of two reviewers beyond chance on pass/fail criteria, all of a month together and each by itself
-- (`kappa:<criterion>`).

with

seen_pairs as (

    select * from {{ ref('int_kpi_kappa_pairs') }}

),

shares as (

    select
        tenant_id,
        month,
        variant,
        scope_type,
        scope_id,
        count(*) as n,
        sum(case when first_pass = second_pass then 1 else 0 end) as agreed,
        sum(first_pass) as first_passes,
        sum(second_pass) as second_passes
    from seen_pairs
    group by tenant_id, month, variant, scope_type, scope_id

),

kappas as (

    -- times n squared, so that whole numbers say whether chance alone would agree always
    select
        *,
        first_passes * second_passes + (n - first_passes) * (n - second_passes) as by_chance
    from shares

),

coefficients as (

    select
        *,
        {{ as_double('agreed * n - by_chance') }} / nullif(n * n - by_chance, 0) as value
    from kappas

)

select
    tenant_id,
    month,
    'qa_agreement' as kpi_id,
    'ratio' as stat,
    'none' as clock,
    'none' as layer,
    variant,
    scope_type,
    scope_id,
    value,
    case when value is null then 'not defined: all ratings are alike' end as value_text,
    agreed as numerator,
    n as denominator,
    n,
    {{ as_double('null') }} as ci_low,
    {{ as_double('null') }} as ci_high
from coefficients
