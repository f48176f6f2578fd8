with

messages as (

    select * from {{ ref('stg_ebay__conversation_messages') }}

),

threads as (

    select * from {{ ref('ebay__threads') }}

),

final as (

    select
        messages.tenant_id,
        'ebay_api' as source_system,
        messages.message_id as source_id,
        messages.message_id,
        messages.conversation_id as ticket_id,
        messages.sent_at,
        messages.sent_at as available_at,
        case when messages.is_from_seller then 'outbound' else 'inbound' end as direction,
        'public' as visibility,
        -- the vendor names the selling account, not the person: a reply is "outside helpdesk"
        case when messages.is_from_seller then 'agent' else 'customer' end as author_role,
        case when messages.is_from_seller then null else threads.customer_ref end as author_id,
        false as is_automated,
        cast(null as varchar) as macro_id,
        cast(null as decimal(18, 6)) as macro_edit_ratio,
        'private_message' as message_kind,
        'delivered' as delivery_status,
        cast(null as boolean) as is_solution,
        cast(null as boolean) as no_reply_needed,
        case when messages.is_from_seller then null else messages.is_thanks end as is_thanks,
        messages.body_hash,
        messages.body_chars,
        cast(null as timestamp) as deleted_at,
        cast(null as varchar) as deleted_by,
        cast(null as timestamp) as call_queue_entered_at,
        cast(null as timestamp) as call_answered_at,
        cast(null as timestamp) as call_ended_at,
        cast(null as timestamp) as abandoned_at,
        messages.sent_at as occurred_at,
        messages.ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        messages.row_hash,
        messages.load_id,
        cast(null as varchar) as unmapped_values
    from messages
    inner join threads
        on messages.tenant_id = threads.tenant_id and messages.conversation_id = threads.conversation_id

)

select * from final
