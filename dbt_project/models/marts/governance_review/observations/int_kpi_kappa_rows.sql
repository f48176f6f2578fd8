-- The pairs of ratings behind kappa, once for every reviewer and team they belong to.

with

pairs as (

    select * from {{ ref('int_kpi_kappa_pairs') }}

)

{{ kpi_rows('pairs', 'qa_agreement', {
    'variant': 'variant', 'scope_type': 'scope_type', 'scope_id': 'scope_id', 'fact_key': 'pair',
    'detail': "criterion_id || case when first_pass = second_pass then ', agreed' else ', not agreed' end",
    'numerator': 'case when first_pass = second_pass then 1 else 0 end', 'denominator': '1', 'n': '1',
}) }}
