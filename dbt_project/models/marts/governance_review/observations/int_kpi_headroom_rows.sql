-- The limits looked at behind each reading of `health_headroom`: all of them, each metric by itself, and those with a projection.

with

limits as (

    select * from {{ ref('int_kpi_headroom_limits') }}

),

readings as (

    select
        *,
        'none' as reading,
        headroom as defects_left
    from limits
    union all
    select
        *,
        variant as reading,
        headroom as defects_left
    from limits
    union all
    select
        *,
        'projected_denominator' as reading,
        projected_headroom as defects_left
    from limits
    where projected_headroom is not null

)

{{ kpi_rows('readings', 'health_headroom', {
    'variant': 'reading', 'platform': 'platform', 'marketplace_account_key': 'marketplace_account_key',
    'fact_key': 'fact_key', 'happened_at': 'happened_at',
    'detail': "detail || ', ' || cast(cast(floor(defects_left) as integer) as varchar) || ' left'", 'n': '1',
}) }}
