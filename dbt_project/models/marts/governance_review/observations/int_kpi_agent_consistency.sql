-- Weeks on target: the judged weeks of the last twelve, per scope; the number is how many of them reached the goal of compliance.

with

weeks as (

    select * from {{ ref('int_kpi_weeks_judged') }}

)

{{ kpi_rows('weeks', 'agent_consistency', {
    'layer': 'layer', 'scope_type': 'scope_type', 'scope_id': 'scope_id',
    'fact_key': "layer || '|' || cast(week_start as varchar) || '|' || scope_type || '|' || scope_id", 'happened_at': 'week_start',
    'detail': "cast(cast(n_met as integer) as varchar) || ' of ' || cast(cast(n_judged as integer) as varchar) || ' met, goal '"
    ~ " || cast(cast(round(100 * goal, 1) as decimal(5, 1)) as varchar) || ' %'",
    'numerator': 'case when is_met then 1 else 0 end', 'denominator': '1', 'n': '1',
}) }}
