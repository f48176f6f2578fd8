-- Quality reviews in the status they have at as_of, with the errors found by class, whose answer it was and where. A review
-- of a ticket the warehouse does not hold keeps its agent and has no channel.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

home_teams as (

    select * from {{ ref('int_agent_home_teams') }}

),

reviews as (

    select * from {{ ref('canonical__qa_reviews') }}
    where
        reviewed_at <= {{ as_of_at() }}
        and not is_deleted_in_source

),

-- A calibration session belongs to the month of its last review.
sessions as (

    select
        tenant_id,
        source_system,
        calibration_session_id,
        max(reviewed_at) as session_at
    from reviews
    where
        review_type = 'calibration'
        and status in ('submitted', 'final')
        and calibration_session_id is not null
    group by tenant_id, source_system, calibration_session_id

),

items as (

    select
        *,
        not is_na and error_class is not null as is_error,
        error_cause is not null and not is_na as is_caused
    from {{ ref('canonical__qa_review_items') }}
    where not is_deleted_in_source

),

counted as (

    select
        review_key,
        sum(case when is_na then 0 else 1 end) as rated_items,
        sum(case when is_na then 1 else 0 end) as not_applicable_items,
        {%- for class in ['customer_critical', 'business_critical', 'compliance_critical', 'non_critical'] %}
        sum(case when is_error and error_class = '{{ class }}' then 1 else 0 end) as {{ class }}_errors,
        {%- endfor %}
        sum(case when is_error or is_caused then 1 else 0 end) as errors,
        sum(case when is_caused then 1 else 0 end) as caused_errors,
        sum(
            case
                when is_caused and error_cause in ('product_knowledge', 'process_knowledge') and coalesce(training_related, true)
                    then 1
                else 0
            end
        ) as training_errors
    from items
    group by review_key

)

select
    reviews.review_key,
    reviews.review_id,
    reviews.tenant_id,
    reviews.source_system,
    roots.ticket_key,
    originals.ticket_key as original_ticket_key,
    reviews.review_type,
    reviews.status,
    reviews.status = 'final' and reviews.review_type = 'regular' and not coalesce(roots.is_excluded, false) as is_judged,
    reviews.reviewed_at,
    {{ local_month('reviews.reviewed_at') }} as reviewed_month,
    reviews.agent_key,
    coalesce(homes.team_key, roots.team_key) as team_key,
    reviews.reviewer_agent_key,
    reviewer_homes.team_key as reviewer_team_key,
    reviews.scorecard_id,
    reviews.scorecard_version,
    reviews.calibration_session_id,
    {{ local_month('sessions.session_at') }} as calibration_month,
    reviews.is_benchmark,
    reviews.points_earned,
    reviews.points_possible,
    reviews.critical_fail,
    case when reviews.critical_fail then 0 else reviews.points_earned end as points_counted,
    case
        when reviews.critical_fail then 0.0
        else {{ as_double('reviews.points_earned') }} / nullif({{ as_double('reviews.points_possible') }}, 0.0)
    end as score,
    cast(coalesce(counted.rated_items, 0) as integer) as rated_items,
    cast(coalesce(counted.not_applicable_items, 0) as integer) as not_applicable_items,
    cast(coalesce(counted.customer_critical_errors, 0) as integer) as customer_critical_errors,
    cast(coalesce(counted.business_critical_errors, 0) as integer) as business_critical_errors,
    cast(coalesce(counted.compliance_critical_errors, 0) as integer) as compliance_critical_errors,
    cast(coalesce(counted.non_critical_errors, 0) as integer) as non_critical_errors,
    cast(coalesce(counted.errors, 0) as integer) as errors,
    cast(coalesce(counted.caused_errors, 0) as integer) as caused_errors,
    cast(coalesce(counted.training_errors, 0) as integer) as training_errors,
    roots.channel_key,
    roots.platform,
    roots.marketplace_account_key,
    roots.resolution_reason_tag_key as reason_tag_key,
    coalesce(roots.is_excluded, false) as is_ticket_excluded
from reviews
left join {{ ref('canonical__tenants') }} as tenants on reviews.tenant_id = tenants.tenant_id
left join counted on reviews.review_key = counted.review_key
left join sessions
    on
    reviews.tenant_id = sessions.tenant_id
    and reviews.source_system = sessions.source_system
    and reviews.calibration_session_id = sessions.calibration_session_id
    and reviews.review_type = 'calibration'
    and reviews.status in ('submitted', 'final')
left join tickets as originals on reviews.ticket_key = originals.ticket_key
left join tickets as roots on originals.effective_ticket_key = roots.ticket_key
left join home_teams as homes
    on
    reviews.agent_key = homes.agent_key
    and reviews.reviewed_at >= homes.valid_from
    and (reviews.reviewed_at < homes.valid_to or homes.valid_to is null)
left join home_teams as reviewer_homes
    on
    reviews.reviewer_agent_key = reviewer_homes.agent_key
    and reviews.reviewed_at >= reviewer_homes.valid_from
    and (reviews.reviewed_at < reviewer_homes.valid_to or reviewer_homes.valid_to is null)
