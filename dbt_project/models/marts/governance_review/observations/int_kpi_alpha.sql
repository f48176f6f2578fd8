-- Krippendorff's alpha, ordinal: agreement beyond chance of any number of reviewers, gaps allowed, one scale at a time.

with

ratings as (

    select * from {{ ref('int_kpi_alpha_ratings') }}

),

marginals as (

    select
        tenant_id,
        month,
        variant,
        rating,
        count(*) as ratings,
        sum(count(*)) over (partition by tenant_id, month, variant order by rating) as ratings_up_to,
        sum(count(*)) over (partition by tenant_id, month, variant) as ratings_in_all
    from ratings
    group by tenant_id, month, variant, rating

),

observed as (

    select
        mine.tenant_id,
        mine.month,
        mine.variant,
        mine.rating as first_rating,
        other.rating as second_rating,
        sum(1 / {{ as_double('mine.raters - 1') }}) as weight
    from ratings as mine
    inner join ratings as other
        on
        mine.tenant_id = other.tenant_id
        and mine.variant = other.variant
        and mine.unit = other.unit
        and mine.review_key <> other.review_key
    group by mine.tenant_id, mine.month, mine.variant, mine.rating, other.rating

),

distances as (

    -- ordinal: two values are as far apart as there are ratings between them, half of the two's own counted
    select
        low.tenant_id,
        low.month,
        low.variant,
        low.ratings_in_all as n,
        (high.ratings_up_to - low.ratings_up_to + (low.ratings - high.ratings) / {{ as_double(2) }})
        * (high.ratings_up_to - low.ratings_up_to + (low.ratings - high.ratings) / {{ as_double(2) }}) as distance,
        low.ratings * high.ratings as expected_weight,
        coalesce(observed.weight, 0) as observed_weight
    from marginals as low
    inner join marginals as high
        on
        low.tenant_id = high.tenant_id
        and low.month = high.month
        and low.variant = high.variant
        and low.rating < high.rating
    left join observed
        on
        low.tenant_id = observed.tenant_id
        and low.month = observed.month
        and low.variant = observed.variant
        and low.rating = observed.first_rating
        and high.rating = observed.second_rating

),

sized as (

    select
        tenant_id,
        month,
        variant,
        max(ratings_in_all) as n
    from marginals
    group by tenant_id, month, variant

),

coefficients as (

    select
        sized.tenant_id,
        sized.month,
        sized.variant,
        sized.n,
        1 - (sized.n - 1) * sum(distances.observed_weight * distances.distance)
        / nullif(sum(distances.expected_weight * distances.distance), 0) as value
    from sized
    left join distances
        on
        sized.tenant_id = distances.tenant_id
        and sized.month = distances.month
        and sized.variant = distances.variant
    group by sized.tenant_id, sized.month, sized.variant, sized.n

)

select
    tenant_id,
    month,
    'qa_agreement' as kpi_id,
    'ratio' as stat,
    'none' as clock,
    'none' as layer,
    variant,
    'company' as scope_type,
    'company' as scope_id,
    value,
    case when value is null then 'not defined: all ratings are alike' end as value_text,
    cast(null as bigint) as numerator,
    cast(null as bigint) as denominator,
    n,
    {{ as_double('null') }} as ci_low,
    {{ as_double('null') }} as ci_high
from coefficients
