-- The ratings alpha is computed from: those of criteria that two or more reviewers rated, once for their scale (`alpha:<scale>`) and once more
-- as `alpha` if most ratings are of that scale. The benchmark is agreed on, so it is no rating of its own.

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

)

{% for variant, condition in [("'alpha'", 'place = 1'), ("'alpha:' || rating_scale", 'true')] %}
select
    *,
    {{ variant }} as variant
from ranked
where {{ condition }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
