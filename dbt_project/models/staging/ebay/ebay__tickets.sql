with

threads as (

    select * from {{ ref('ebay__threads') }}

),

final as (

    select
        tenant_id,
        'ebay_api' as source_system,
        conversation_id as source_id,
        conversation_id as ticket_id,
        created_at,
        case when is_from_seller_first then 'agent' else 'customer' end as created_by_role,
        case when is_from_seller_first then 'outbound' else 'inbound' end as origin,
        channel_id,
        marketplace_account_id,
        -- a conversation refers to a listing at most, never to an order
        cast(null as varchar) as order_id,
        coalesce(customer_ref, 'unknown') as customer_ref,
        subject_hash,
        cast(null as varchar) as language,
        case status when 'archive' then 'closed' when 'delete' then 'deleted' else 'open' end as status,
        cast(null as varchar) as priority,
        cast(null as varchar) as assignee_id,
        cast(null as varchar) as team_id,
        cast(null as varchar) as primary_reason_tag_id,
        cast(null as varchar) as tag_ids,
        cast(null as varchar) as merged_into_ticket_id,
        cast(null as varchar) as split_from_ticket_id,
        cast(null as varchar) as follow_up_of_ticket_id,
        cast(null as varchar) as issue_key,
        cast(null as timestamp) as due_by_source,
        false as is_test,
        created_at as occurred_at,
        ingested_at,
        latest_message_at as source_updated_at,
        status = 'delete' as is_deleted_in_source,
        row_hash,
        load_id,
        case when status not in ('active', 'archive', 'delete', 'read', 'unread') then 'status=' || status end
            as unmapped_values
    from threads

)

select * from final
