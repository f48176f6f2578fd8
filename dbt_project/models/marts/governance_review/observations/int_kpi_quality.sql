-- Final regular quality reviews: points, errors by class, errors that training could have prevented, and agents above the
-- minimum. In the month of the review and the name of the reviewed agent.

with

reviews as (

    select * from {{ ref('fct_qa_reviews') }}
    where is_judged

),

tags as (

    select * from {{ ref('dim_tags') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

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
        {{ kpi_local_month('reviews.reviewed_at') }} as month,
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
    inner join tenants on reviews.tenant_id = tenants.tenant_id
    left join tags
        on
        reviews.reason_tag_key = tags.tag_key
        and tags.kind = 'reason'

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

)

select * from measured
