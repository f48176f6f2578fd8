-- The ratings behind alpha: those of criteria that two or more reviewers rated, per scale and for the scale with most ratings.

with

ratings as (

    select
        *,
        count(*) over (partition by tenant_id, month, rating_scale) as ratings_of_scale
    from {{ ref('int_calibration_ratings') }}
    where
        raters >= 2
        and not is_benchmark

),

ranked as (

    select
        *,
        dense_rank() over (partition by tenant_id, month order by ratings_of_scale desc, rating_scale) as place
    from ratings

),

united as (

    {% for variant, condition in [("'alpha'", 'place = 1'), ("'alpha:' || rating_scale", 'true')] %}
    select
        *,
        {{ variant }} as variant
    from ranked
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

{{ kpi_rows('united', 'qa_agreement', {
    'variant': 'variant', 'scope_type': "'company'", 'scope_id': "'company'", 'agent_key': 'reviewer_agent_key',
    'fact_key': "review_key || '|' || criterion_id", 'detail': "criterion_id || ' of ' || unit || ' rated ' || cast(rating as varchar)", 'n': '1',
}) }}
