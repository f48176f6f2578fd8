-- Final regular quality reviews: points, errors by class, errors that training could have prevented, in the month of the review and the name
-- of the reviewed agent. And calibration reviews beside the benchmark of their session and ticket, in percentage points: distance, bias,
-- and pairs no more than five points apart; whoever set the benchmark is not compared with it.

with

reviews as (

    select * from {{ ref('fct_qa_reviews') }}
    where is_judged

),

tags as (

    select * from {{ ref('dim_tags') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

judged as (

    select
        reviews.tenant_id,
        reviews.review_key as fact_key,
        reviews.ticket_key,
        reviews.reviewed_at as happened_at,
        'scorecard ' || reviews.scorecard_id || ' ' || reviews.scorecard_version
        || ', points ' || cast(reviews.points_counted as varchar) || ' of ' || cast(reviews.points_possible as varchar)
        || ', errors ' || cast(reviews.errors as varchar) as detail,
        reviews.reviewed_month as month,
        reviews.points_counted,
        reviews.points_possible,
        case when reviews.customer_critical_errors = 0 then 1 else 0 end as is_customer_clean,
        case when reviews.business_critical_errors = 0 then 1 else 0 end as is_business_clean,
        case when reviews.compliance_critical_errors = 0 then 1 else 0 end as is_compliance_clean,
        reviews.training_errors,
        reviews.caused_errors,
        reviews.errors,
        coalesce(lower(tags.name), 'untagged') as reason_name,
        reviews.platform,
        reviews.marketplace_account_key,
        reviews.channel_key,
        reviews.team_key,
        reviews.agent_key
    from reviews
    left join tags
        on
        reviews.reason_tag_key = tags.tag_key
        and tags.kind = 'reason'

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

calibrations as (

    select
        *,
        max(reviewed_at) over (partition by tenant_id, source_system, calibration_session_id) as session_at,
        case when critical_fail then 0 else 100 * points_earned / nullif(points_possible, 0) end as score
    from {{ ref('core__qa_reviews') }}
    where
        review_type = 'calibration'
        and status in ('submitted', 'final')
        and calibration_session_id is not null
        and reviewed_at <= {{ as_of_at() }}
        and not is_deleted_in_source

),

compared as (

    select
        calibrations.tenant_id,
        calibrations.review_key as fact_key,
        calibrations.ticket_key,
        calibrations.reviewed_at as happened_at,
        'session ' || calibrations.calibration_session_id || ': ' || cast(round({{ as_double('calibrations.score') }}, 1) as varchar)
        || ' against ' || cast(round({{ as_double('benchmarks.score') }}, 1) as varchar) as detail,
        {{ kpi_local_month('calibrations.session_at') }} as month,
        calibrations.score - benchmarks.score as difference,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        home_teams.team_key,
        calibrations.reviewer_agent_key as agent_key
    from calibrations
    inner join calibrations as benchmarks
        on
        calibrations.tenant_id = benchmarks.tenant_id
        and calibrations.source_system = benchmarks.source_system
        and calibrations.calibration_session_id = benchmarks.calibration_session_id
        and calibrations.ticket_key = benchmarks.ticket_key
        and calibrations.reviewer_id <> benchmarks.reviewer_id
    inner join tenants on calibrations.tenant_id = tenants.tenant_id
    left join home_teams
        on
        calibrations.reviewer_agent_key = home_teams.agent_key
        and calibrations.reviewed_at >= home_teams.valid_from
        and (calibrations.reviewed_at < home_teams.valid_to or home_teams.valid_to is null)
    where
        benchmarks.is_benchmark
        and not calibrations.is_benchmark

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'qa_score', 'stat': 'score', 'numerator': 'points_counted', 'denominator': 'points_possible', 'n': '1'},
        {'kpi_id': 'qa_critical_accuracy', 'stat': 'ratio', 'variant': 'customer_critical', 'numerator': 'is_customer_clean', 'denominator': '1'},
        {'kpi_id': 'qa_critical_accuracy', 'stat': 'ratio', 'variant': 'business_critical', 'numerator': 'is_business_clean', 'denominator': '1'},
        {'kpi_id': 'qa_critical_accuracy', 'stat': 'ratio', 'variant': 'compliance_critical', 'numerator': 'is_compliance_clean', 'denominator': '1'},
        {'kpi_id': 'training_error_share', 'stat': 'ratio', 'numerator': 'training_errors', 'denominator': 'caused_errors', 'where': 'caused_errors > 0', 'agent_key': 'null', 'subject_type': 'reason', 'subject_id': 'reason_name'},
        {'kpi_id': 'training_error_share', 'stat': 'ratio', 'variant': 'without_cause', 'numerator': 'errors - caused_errors', 'denominator': 'errors', 'where': 'errors > 0', 'agent_key': 'null', 'subject_type': 'reason', 'subject_id': 'reason_name'},
    ]) }}
    union all
    {{ kpi_counts('compared', [
        {'kpi_id': 'qa_variance', 'stat': 'ratio', 'numerator': 'abs(difference)', 'denominator': '1'},
        {'kpi_id': 'qa_variance', 'stat': 'ratio', 'variant': 'bias', 'numerator': 'difference', 'denominator': '1'},
        {'kpi_id': 'qa_agreement', 'stat': 'ratio', 'variant': 'agreement_pct', 'numerator': 'case when abs(difference) <= 5 then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
