{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- How operators close, remove and change: one row per activity of one person on one channel.
with closings as (
    select * from {{ ref('fct_closings') }}
),

bulk_starts as (
    select * from {{ ref('int_closings_in_bulk') }}
    where is_bulk_start
),

actions as (
    select * from {{ ref('agent_actions') }}
),

placed_closings as (
    select
        closings.*,
        bulk_starts.closing_key is not null as is_bulk_start
    from closings
    left join bulk_starts
        on closings.closing_key = bulk_starts.closing_key
),

final as (
    select
        tenant_id,
        source_system,
        coalesce(closer_agent_key, 'unowned') as agent_key,
        closer_team_key as team_key,
        channel_key,
        closed_at as counted_at,
        case
            when is_with_reply then 'closed_with_reply'
            when is_without_reply and is_repaired then 'closed_without_reply_repaired'
            else 'closed_without_reply'
        end || case when is_human then '' else '_by_automation' end as activity
    from placed_closings
    where (is_with_reply or is_without_reply) and not is_merge_or_spam and not is_ticket_excluded

    union all

    select
        tenant_id,
        source_system,
        closer_agent_key,
        closer_team_key,
        channel_key,
        closed_at,
        'bulk_close'
    from placed_closings
    where is_bulk_start

    union all

    select
        tenant_id,
        source_system,
        agent_key,
        team_key,
        channel_key,
        occurred_at,
        sensitive_type
    from actions
    where sensitive_type is not null

    union all

    select
        tenant_id,
        source_system,
        agent_key,
        team_key,
        channel_key,
        occurred_at,
        case when reason_code is null then 'comment_removal_without_reason' else 'comment_removal_with_reason' end
    from actions
    where is_comment_removal

    union all

    select
        tenant_id,
        source_system,
        agent_key,
        team_key,
        channel_key,
        occurred_at,
        action_type
    from actions
    where action_type in ('message_deleted', 'message_hidden', 'message_edited')

    union all

    select
        tenant_id,
        source_system,
        agent_key,
        team_key,
        channel_key,
        occurred_at,
        'unanswered_deletion'
    from actions
    where is_unanswered_deletion
)

select * from final
