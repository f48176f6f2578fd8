with

policies as (

    select * from {{ ref('zendesk__policy_versions') }}

),

promises as (

    select
        policies.tenant_id,
        policies.policy_id,
        policies.policy_version,
        policies.created_at,
        policies.updated_at,
        policies.missing_since,
        policies.ingested_at,
        policies.row_hash,
        policies.load_id,
        lower(promise.metric) as vendor_metric,
        case when promise.priority in ('low', 'normal', 'high', 'urgent') then promise.priority end as priority,
        coalesce(promise.target_in_seconds, promise.target * 60) as target_seconds,
        coalesce(promise.business_hours, false) as is_business
    from policies
    cross join lateral {{ json_rows('policies.policy_metrics', {
        'metric': 'text', 'priority': 'text', 'target': 'bigint', 'target_in_seconds': 'bigint', 'business_hours': 'boolean',
    }) }} as promise

),

mapped as (

    select
        *,
        case vendor_metric
            when 'first_reply_time' then 'first_reply'
            when 'next_reply_time' then 'next_reply'
            when 'periodic_update_time' then 'update'
            when 'pausable_update_time' then 'update'
            when 'total_resolution_time' then 'resolution'
            when 'resolution_time' then 'resolution'
            when 'requester_wait_time' then 'requester_wait'
            when 'agent_work_time' then 'agent_work'
            when 'group_ownership_time' then 'group_ownership'
        end as metric,
        case
            when vendor_metric in ('pausable_update_time', 'agent_work_time') then '["pending","on_hold"]'
            when vendor_metric = 'requester_wait_time' then '["pending"]'
            else '[]'
        end as pause_statuses
    from promises

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        policy_id || '|' || policy_version || '|' || vendor_metric || '|' || coalesce(priority, 'any') as source_id,
        policy_id || '|' || policy_version || '|' || vendor_metric || '|' || coalesce(priority, 'any') as target_version_id,
        policy_id,
        policy_version as version,
        metric,
        priority,
        cast(target_seconds as integer) as target_seconds,
        cast(null as integer) as target_business_days,
        case when is_business then 'business' else 'calendar' end as clock,
        -- business targets run on the calendar of the ticket's team
        cast(null as varchar) as calendar_id,
        case when metric in ('first_reply', 'next_reply') then 'customer_message' else 'ticket_created' end as clock_start,
        pause_statuses,
        cast(0.95 as decimal(18, 6)) as compliance_goal,
        created_at as occurred_at,
        ingested_at,
        updated_at as source_updated_at,
        missing_since is not null as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from mapped
    where metric is not null

)

select * from final
