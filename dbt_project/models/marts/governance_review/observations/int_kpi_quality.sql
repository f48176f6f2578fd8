{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Final regular quality reviews: points, errors by class, errors that training could have prevented, and agents above the
-- minimum. In the month of the review and the name of the reviewed agent.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tags as (

    select * from {{ ref('dim_tags') }}

),

home_teams as (

    select * from {{ ref('int_agent_home_teams') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

reviews as (

    select
        reviews.tenant_id,
        reviews.review_key as fact_key,
        roots.ticket_key,
        reviews.reviewed_at as happened_at,
        'scorecard ' || reviews.scorecard_id || ' ' || reviews.scorecard_version as detail,
        {{ kpi_local_month('reviews.reviewed_at') }} as month,
        case when reviews.critical_fail then 0 else reviews.points_earned end as earned,
        reviews.points_possible as possible,
        coalesce(lower(tags.name), 'untagged') as reason_name,
        roots.platform,
        roots.marketplace_account_key,
        roots.channel_key,
        coalesce(home_teams.team_key, roots.team_key) as team_key,
        reviews.agent_key
    from {{ ref('canonical__qa_reviews') }} as reviews
    inner join tenants on reviews.tenant_id = tenants.tenant_id
    left join tickets as originals on reviews.ticket_key = originals.ticket_key
    left join tickets as roots on originals.effective_ticket_key = roots.ticket_key
    left join tags
        on
        roots.resolution_reason_tag_key = tags.tag_key
        and tags.kind = 'reason'
    left join home_teams
        on
        reviews.agent_key = home_teams.agent_key
        and reviews.reviewed_at >= home_teams.valid_from
        and (reviews.reviewed_at < home_teams.valid_to or home_teams.valid_to is null)
    where
        reviews.review_type = 'regular'
        and reviews.status = 'final'
        and reviews.reviewed_at <= {{ as_of_at() }}
        and not reviews.is_deleted_in_source
        and not coalesce(roots.is_excluded, false)

),

errors as (

    select
        reviews.*,
        items.review_item_key,
        items.criterion_id,
        items.error_class,
        items.error_cause,
        case
            when items.error_cause in ('product_knowledge', 'process_knowledge') and coalesce(items.training_related, true) then 1
            else 0
        end as is_training_error
    from {{ ref('canonical__qa_review_items') }} as items
    inner join reviews on items.review_key = reviews.fact_key
    where
        (items.error_class is not null or items.error_cause is not null)
        and not items.is_na
        and not items.is_deleted_in_source

),

classified as (

    select
        fact_key as review_key,
        max(case when error_class = 'customer_critical' then 1 else 0 end) as customer_errors,
        max(case when error_class = 'business_critical' then 1 else 0 end) as business_errors,
        max(case when error_class = 'compliance_critical' then 1 else 0 end) as compliance_errors
    from errors
    group by fact_key

),

judged as (

    select
        reviews.*,
        1 - coalesce(classified.customer_errors, 0) as is_customer_clean,
        1 - coalesce(classified.business_errors, 0) as is_business_clean,
        1 - coalesce(classified.compliance_errors, 0) as is_compliance_clean
    from reviews
    left join classified on reviews.fact_key = classified.review_key

),

caused as (

    select
        tenant_id,
        month,
        review_item_key as fact_key,
        ticket_key,
        happened_at,
        criterion_id || ': ' || coalesce(error_cause, 'no cause') as detail,
        reason_name,
        is_training_error,
        error_cause,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        cast(null as varchar) as agent_key
    from errors

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'qa_score', 'stat': 'score', 'numerator': 'earned', 'denominator': 'possible', 'n': '1'},
        {'kpi_id': 'qa_critical_accuracy', 'stat': 'ratio', 'variant': 'customer_critical', 'numerator': 'is_customer_clean', 'denominator': '1'},
        {'kpi_id': 'qa_critical_accuracy', 'stat': 'ratio', 'variant': 'business_critical', 'numerator': 'is_business_clean', 'denominator': '1'},
        {'kpi_id': 'qa_critical_accuracy', 'stat': 'ratio', 'variant': 'compliance_critical', 'numerator': 'is_compliance_clean', 'denominator': '1'},
    ]) }}
    union all
    {{ kpi_counts('caused', [
        {'kpi_id': 'training_error_share', 'stat': 'ratio', 'numerator': 'is_training_error', 'denominator': '1', 'where': 'error_cause is not null', 'subject_type': 'reason', 'subject_id': 'reason_name'},
        {'kpi_id': 'training_error_share', 'stat': 'ratio', 'variant': 'without_cause', 'numerator': 'case when error_cause is null then 1 else 0 end', 'denominator': '1', 'subject_type': 'reason', 'subject_id': 'reason_name'},
    ]) }}

)

select * from measured
