-- The reasons of the top five of the last 30 days of every scope, and whether a locked macro in force covers them.

with

covered as (

    select * from {{ ref('int_kpi_macro_covered') }}

)

{{ kpi_rows('covered', 'macro_top5_coverage', {
    'scope_type': 'scope_type', 'scope_id': 'scope_id', 'subject_type': "'reason'", 'subject_id': 'reason_name',
    'fact_key': "scope_type || '|' || scope_id || '|' || reason_name",
    'detail': "reason_name || case when is_covered then ', covered' else ', without' end",
    'numerator': 'case when is_covered then 1 else 0 end', 'n': '1',
}) }}
