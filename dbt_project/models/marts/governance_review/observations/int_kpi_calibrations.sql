-- Calibration reviews beside the benchmark of their session and ticket, in percentage points: distance, bias, and pairs no
-- more than five points apart. Whoever set the benchmark is not compared with it.

with

home_teams as (

    select * from {{ ref('int_agent_home_teams') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

reviews as (

    select
        *,
        max(reviewed_at) over (partition by tenant_id, source_system, calibration_session_id) as session_at,
        case when critical_fail then 0 else 100 * points_earned / nullif(points_possible, 0) end as score
    from {{ ref('canonical__qa_reviews') }}
    where
        review_type = 'calibration'
        and status in ('submitted', 'final')
        and calibration_session_id is not null
        and reviewed_at <= {{ as_of_at() }}
        and not is_deleted_in_source

),

compared as (

    select
        reviews.tenant_id,
        reviews.review_key as fact_key,
        reviews.ticket_key,
        reviews.reviewed_at as happened_at,
        'session ' || reviews.calibration_session_id || ': ' || cast(round({{ as_double('reviews.score') }}, 1) as varchar)
        || ' against ' || cast(round({{ as_double('benchmarks.score') }}, 1) as varchar) as detail,
        {{ kpi_local_month('reviews.session_at') }} as month,
        reviews.score - benchmarks.score as difference,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        home_teams.team_key,
        reviews.reviewer_agent_key as agent_key
    from reviews
    inner join reviews as benchmarks
        on
        reviews.tenant_id = benchmarks.tenant_id
        and reviews.source_system = benchmarks.source_system
        and reviews.calibration_session_id = benchmarks.calibration_session_id
        and reviews.ticket_key = benchmarks.ticket_key
        and reviews.reviewer_id <> benchmarks.reviewer_id
    inner join tenants on reviews.tenant_id = tenants.tenant_id
    left join home_teams
        on
        reviews.reviewer_agent_key = home_teams.agent_key
        and reviews.reviewed_at >= home_teams.valid_from
        and (reviews.reviewed_at < home_teams.valid_to or home_teams.valid_to is null)
    where
        benchmarks.is_benchmark
        and not reviews.is_benchmark

),

measured as (

    {{ kpi_counts('compared', [
        {'kpi_id': 'qa_variance', 'stat': 'ratio', 'numerator': 'abs(difference)', 'denominator': '1'},
        {'kpi_id': 'qa_variance', 'stat': 'ratio', 'variant': 'bias', 'numerator': 'difference', 'denominator': '1'},
        {'kpi_id': 'qa_agreement', 'stat': 'ratio', 'variant': 'agreement_pct', 'numerator': 'case when abs(difference) <= 5 then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
