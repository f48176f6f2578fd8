with

audits as (

    select * from {{ ref('zendesk__audits') }}
    where comments is not null

),

staff as (

    select * from {{ ref('zendesk__staff') }}

),

effects as (

    select * from {{ ref('zendesk__comment_effects') }}

),

comments as (

    select
        audits.tenant_id,
        audits.ticket_id,
        audits.created_at as audited_at,
        audits.ingested_at,
        audits.row_hash,
        audits.load_id,
        comment.*
    from audits
    cross join lateral {{ json_rows('audits.comments', {
        'id': 'text', 'is_public': 'boolean', 'author': 'text', 'created_at': 'text', 'sent_at': 'text', 'via': 'text', 'rel': 'text',
        'macro_id': 'text', 'body_hash': 'text', 'body_chars': 'bigint', 'is_thanks': 'boolean', 'no_reply_needed': 'boolean',
        'is_solution': 'boolean', 'type': 'text', 'is_direct': 'boolean', 'call_queued_at': 'text', 'call_answered_at': 'text',
        'call_ended_at': 'text', 'call_abandoned_at': 'text',
    }) }} as comment

),

authored as (

    select
        comments.*,
        staff.staff_id,
        staff.kind,
        effects.deleted_at,
        effects.deleted_by,
        coalesce(effects.has_failed, 0) = 1 as has_failed,
        {{ zendesk_is_rule('comments.via', 'comments.rel') }} or comments.author is null as is_rule,
        coalesce({{ to_utc_or_null('comments.created_at') }}, comments.audited_at) as shown_at
    from comments
    left join staff
        on comments.tenant_id = staff.tenant_id and comments.author = staff.user_ref
    left join effects
        on
        comments.tenant_id = effects.tenant_id
        and comments.ticket_id = effects.ticket_id
        and comments.id = effects.comment_id

),

attributed as (

    select
        *,
        -- the connector's public comment is what somebody wrote on the marketplace's own site
        case
            when author is null then 'system'
            when kind = 'integration' and not (is_public and not is_rule) then 'system'
            when kind = 'integration' then 'agent'
            else coalesce(kind, 'customer')
        end as author_role,
        least(coalesce({{ to_utc_or_null('sent_at') }}, shown_at), shown_at) as written_at
    from authored

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        id as source_id,
        id as message_id,
        ticket_id,
        written_at as sent_at,
        shown_at as available_at,
        case
            when not is_public then 'internal'
            when author_role = 'customer' then 'inbound'
            else 'outbound'
        end as direction,
        case when is_public then 'public' else 'internal' end as visibility,
        author_role,
        case
            when author_role = 'customer' then author
            when kind in ('agent', 'bot') then staff_id
        end as author_id,
        is_rule as is_automated,
        macro_id,
        cast(null as decimal(18, 6)) as macro_edit_ratio,
        {{ zendesk_message_kind('via', 'rel', 'type', 'is_direct') }} as message_kind,
        case when has_failed then 'failed' else 'delivered' end as delivery_status,
        is_solution,
        no_reply_needed,
        is_thanks,
        body_hash,
        body_chars,
        deleted_at,
        deleted_by,
        -- only a customer waits in the queue; a call that an agent makes and nobody takes just ends
        case when author_role = 'customer' then {{ to_utc('call_queued_at') }} end as call_queue_entered_at,
        {{ to_utc('call_answered_at') }} as call_answered_at,
        coalesce({{ to_utc('call_ended_at') }}, case when author_role <> 'customer' then {{ to_utc('call_abandoned_at') }} end)
            as call_ended_at,
        case when author_role = 'customer' then {{ to_utc('call_abandoned_at') }} end as abandoned_at,
        written_at as occurred_at,
        ingested_at,
        shown_at as source_updated_at,
        deleted_at is not null as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from attributed

)

select * from final
