-- Single ratings of calibration sessions up to as_of, each with how many reviewers rated the same thing (unit: session,
-- ticket and criterion). What is not applicable is no rating. Grain: review and criterion.

with

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

items as (

    select * from {{ ref('core__qa_review_items') }}

),

sessions as (

    select
        *,
        max(reviewed_at) over (partition by tenant_id, source_system, calibration_session_id) as session_at
    from {{ ref('core__qa_reviews') }}
    where
        review_type = 'calibration'
        and status in ('submitted', 'final')
        and calibration_session_id is not null
        and reviewed_at <= {{ as_of_at() }}
        and not is_deleted_in_source

),

ratings as (

    select
        sessions.tenant_id,
        {{ kpi_local_month('sessions.session_at') }} as month,
        sessions.source_system || '|' || sessions.calibration_session_id || '|' || sessions.ticket_id || '|' || items.criterion_id as unit,
        items.criterion_id,
        items.rating_scale,
        items.rating,
        sessions.is_benchmark,
        sessions.reviewer_id,
        sessions.reviewer_agent_key,
        sessions.review_key,
        coalesce(teams.team_id, 'no_team') as team_id
    from sessions
    inner join items on sessions.review_key = items.review_key
    inner join tenants on sessions.tenant_id = tenants.tenant_id
    left join home_teams
        on
        sessions.reviewer_agent_key = home_teams.agent_key
        and sessions.reviewed_at >= home_teams.valid_from
        and (sessions.reviewed_at < home_teams.valid_to or home_teams.valid_to is null)
    left join teams on home_teams.team_key = teams.team_key
    where
        items.rating is not null
        and not items.is_na
        and not items.is_deleted_in_source

),

counted as (

    select
        tenant_id,
        unit,
        max(case when is_benchmark then 1 else 0 end) as has_benchmark,
        sum(case when is_benchmark then 0 else 1 end) as raters
    from ratings
    group by tenant_id, unit

)

select
    ratings.*,
    counted.has_benchmark,
    counted.raters
from ratings
inner join counted
    on
    ratings.tenant_id = counted.tenant_id
    and ratings.unit = counted.unit
