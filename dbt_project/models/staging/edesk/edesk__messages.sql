with

kinds as (

    select
        word as item_type,
        meaning as reads_as
    from {{ ref('seed_edesk_words') }}
    where subject = 'item_type' and tenant_id = '*'

),

items as (

    select
        items.*,
        kinds.reads_as
    from {{ ref('stg_edesk__messages') }} as items
    inner join kinds on items.item_type = kinds.item_type
    where kinds.reads_as <> 'nothing' and items.created_at is not null

),

tickets as (

    select
        tickets.tenant_id,
        tickets.ticket_id,
        channels.channel_class,
        greatest(tickets.load_id, coalesce(channels.load_id, '')) as load_id
    from {{ ref('stg_edesk__tickets') }} as tickets
    left join {{ ref('edesk__ruled_channels') }} as channels
        on tickets.tenant_id = channels.tenant_id and tickets.vendor_channel_id = channels.vendor_channel_id

),

attributed as (

    select
        items.*,
        tickets.channel_class,
        items.item_type || '-' || items.item_id || '-' || items.ticket_id as message_id,
        case
            when items.reads_as = 'bot' then 'bot'
            when items.reads_as = 'automatic' then 'system'
            when items.reads_as = 'notice' then 'marketplace'
            when items.reads_as <> 'note' and items.direction = 'Incoming' then 'customer'
            else 'agent'
        end as author_role
    from items
    inner join tickets
        on items.tenant_id = tickets.tenant_id and items.ticket_id = tickets.ticket_id

),

final as (

    select
        tenant_id,
        'edesk' as source_system,
        message_id as source_id,
        message_id,
        ticket_id,
        created_at as sent_at,
        created_at as available_at,
        case
            when reads_as in ('note', 'notice') then 'internal'
            when author_role = 'customer' then 'inbound'
            else 'outbound'
        end as direction,
        case when reads_as in ('note', 'notice') then 'internal' else 'public' end as visibility,
        author_role,
        case
            when author_role = 'customer' then from_consumer_ref
            when author_role = 'bot' then 'edesk_ai'
            -- an answer that names nobody was written outside the helpdesk
            when author_role = 'agent' then user_id
        end as author_id,
        reads_as = 'automatic' as is_automated,
        cast(null as varchar) as macro_id,
        cast(null as decimal(18, 6)) as macro_edit_ratio,
        case
            when reads_as = 'review' then 'review'
            when reads_as = 'notice' then 'case_action'
            when channel_class = 'social_public' and reads_as <> 'note' then 'public_comment'
            when channel_class = 'live_chat' then 'chat_line'
            when channel_class = 'email' then 'email'
            else 'private_message'
        end as message_kind,
        case when has_errors then 'failed' else 'delivered' end as delivery_status,
        cast(null as boolean) as is_solution,
        cast(null as boolean) as no_reply_needed,
        case when author_role = 'customer' then is_thanks end as is_thanks,
        body_hash,
        body_chars,
        cast(null as timestamp) as deleted_at,
        cast(null as varchar) as deleted_by,
        cast(null as timestamp) as call_queue_entered_at,
        cast(null as timestamp) as call_answered_at,
        cast(null as timestamp) as call_ended_at,
        cast(null as timestamp) as abandoned_at,
        created_at as occurred_at,
        ingested_at,
        created_at as source_updated_at,
        false as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from attributed

)

select * from final
