-- The finished days and weeks of a month with their class, per scope.

with

periods as (

    select * from {{ ref('int_kpi_speed_periods') }}

)

{{ kpi_rows('periods', 'speed_volume_verdict', {
    'variant': 'variant', 'scope_type': 'scope_type', 'scope_id': 'scope_id',
    'fact_key': "variant || '|' || cast(period_start as varchar) || '|' || scope_type || '|' || scope_id",
    'happened_at': 'period_start', 'detail': 'verdict', 'numerator': 'case when attention = 6 then 1 else 0 end',
    'denominator': 'case when attention > 1 then 1 else 0 end',
}) }}
