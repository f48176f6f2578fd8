-- The helpdesk's own clock of each ticket's first reply, for comparison with ours only: when it began to run and when it
-- stopped. Grain: ticket.

with

events as (

    select * from {{ ref('stg_zendesk__ticket_metric_events') }}
    where
        metric = 'reply_time'
        and cast(instance_id as integer) = 1
        and not coalesce(is_deleted, false)

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        ticket_id,
        min(case when metric_event_type = 'activate' then occurred_at end) as started_at,
        min(case when metric_event_type = 'fulfill' then occurred_at end) as first_replied_at,
        max(load_id) as load_id
    from events
    group by tenant_id, ticket_id

)

select * from final
