with

audits as (

    select * from {{ ref('zendesk__audits') }}
    where changes is not null

),

changes as (

    select
        audits.tenant_id,
        audits.audit_id,
        audits.ticket_id,
        audits.created_at,
        audits.updater_ref,
        audits.updater_staff_id,
        audits.updater_kind,
        audits.ingested_at,
        audits.row_hash,
        audits.load_id,
        {{ json_field('audits.metadata', 'reason_code') }} as reason_code,
        coalesce(change.via, audits.via_channel) as via,
        coalesce(change.rel, audits.via_rel) as rel,
        change.id as change_id,
        change.type as change_type,
        change.field,
        change.value,
        change.previous,
        change.comment_id,
        change.is_public
    from audits
    cross join lateral {{ json_rows('audits.changes', {
        'id': 'text', 'type': 'text', 'field': 'text', 'value': 'text', 'previous': 'text', 'via': 'text', 'rel': 'text',
        'comment_id': 'text', 'is_public': 'text',
    }) }} as change

),

typed as (

    select
        changes.*,
        case
            when field = 'status' and value = 'deleted' then 'deleted'
            when field = 'status' and previous = 'deleted' then 'restored'
            when field = 'status' then 'status_change'
            when field = 'assignee_id' then 'assignee_change'
            when field = 'group_id' then 'team_change'
            when field = 'priority' then 'priority_change'
            when field = 'reason' then 'reason_change'
            when field = 'tag_added' and value = 'no_reply_needed' then 'marked_no_reply_needed'
            when field = 'tag_added' and value = 'spam' then 'marked_spam'
            when field = 'tag_removed' and value = 'spam' then 'unmarked_spam'
            when field = 'tag_added' and value = 'author_blocked' then 'author_blocked'
            when field = 'tag_added' and value = 'bulk_action' then 'bulk_action'
            when field = 'tag_added' then 'tag_added'
            when field = 'tag_removed' then 'tag_removed'
            when change_type = 'CommentRedactionEvent' then 'message_deleted'
            when change_type = 'CommentPrivacyChange' and is_public = 'false' then 'message_hidden'
            when change_type = 'CommentPrivacyChange' then 'message_edited'
        end as event_type,
        {{ zendesk_is_rule('via', 'rel') }} as is_rule
    from changes

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        change_id as source_id,
        -- several tags change in one vendor event
        case when field in ('tag_added', 'tag_removed') then change_id || '-' || field || '-' || value else change_id end
            as event_id,
        ticket_id,
        event_type,
        case
            when event_type like 'message_%' then comment_id
            when event_type = 'tag_removed' then value
            when field = 'status' then {{ zendesk_status('previous') }}
            else previous
        end as from_value,
        case
            when event_type in ('tag_removed', 'unmarked_spam') then null
            when event_type like 'message_%' then null
            when field = 'status' then {{ zendesk_status('value') }}
            else value
        end as to_value,
        case
            when is_rule or updater_ref is null or updater_kind = 'integration' then null
            else coalesce(updater_staff_id, updater_ref)
        end as actor_id,
        case
            when is_rule then 'automation'
            when updater_ref is null then 'system'
            when updater_kind = 'integration' then 'automation'
            else coalesce(updater_kind, 'customer')
        end as actor_role,
        0 as time_precision_s,
        'audit_log' as event_source,
        reason_code,
        {{ zendesk_event_seq('event_type') }} as seq,
        created_at as occurred_at,
        ingested_at,
        created_at as source_updated_at,
        false as is_deleted_in_source,
        row_hash,
        load_id,
        {{ zendesk_unknown_status('field', 'value') }} as unmapped_values
    from typed
    where event_type is not null

    union all

    select * from {{ ref('zendesk__derived_events') }}

)

select * from final
