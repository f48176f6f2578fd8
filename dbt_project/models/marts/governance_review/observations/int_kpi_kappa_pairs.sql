-- Pairs of pass/fail ratings of one criterion, as kappa counts them: all of a month together and each criterion by itself
-- (`kappa:<criterion>`). A reviewer is paired with the benchmark, or with the other reviewer where nobody set one.

with

ratings as (

    select * from {{ ref('int_calibration_ratings') }}

),

pairs as (

    select
        mine.tenant_id,
        mine.month,
        mine.unit || '|' || mine.review_key as pair,
        mine.criterion_id,
        case when mine.rating > 0 then 1 else 0 end as first_pass,
        case when other.rating > 0 then 1 else 0 end as second_pass,
        mine.reviewer_agent_key as first_agent_key,
        mine.team_id as first_team_id,
        case when not other.is_benchmark then other.reviewer_agent_key end as second_agent_key,
        case when not other.is_benchmark then other.team_id end as second_team_id
    from ratings as mine
    inner join ratings as other
        on
        mine.tenant_id = other.tenant_id
        and mine.unit = other.unit
        and (
            (other.is_benchmark and mine.reviewer_id <> other.reviewer_id)
            or (mine.has_benchmark = 0 and mine.raters = 2 and mine.reviewer_id < other.reviewer_id)
        )
    where
        mine.rating_scale = 'pass_fail'
        and other.rating_scale = 'pass_fail'
        and not mine.is_benchmark

),

seen_pairs as (

    -- a pair of two reviewers is one of each of them, and once one of their team
    {% for scope_type, scope_id, condition in [
        ('company', "'company'", 'true'),
        ('agent', 'first_agent_key', 'true'),
        ('agent', 'second_agent_key', 'second_agent_key is not null'),
        ('team', 'first_team_id', 'true'),
        ('team', 'second_team_id', 'second_team_id is not null and second_team_id <> first_team_id'),
    ] %}
    {% for variant in ["'kappa'", "'kappa:' || criterion_id"] %}
    select
        tenant_id,
        month,
        {{ variant }} as variant,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        pair || '|' || criterion_id as pair,
        criterion_id,
        first_pass,
        second_pass
    from pairs
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from seen_pairs
