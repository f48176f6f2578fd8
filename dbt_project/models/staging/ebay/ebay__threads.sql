with

accounts as (

    select * from {{ ref('ebay__accounts') }}
    where message_source = 'ebay_api'

),

conversations as (

    select * from {{ ref('stg_ebay__conversations') }}

),

messages as (

    select * from {{ ref('stg_ebay__conversation_messages') }}

),

first_messages as (

    select
        tenant_id,
        conversation_id,
        min(sent_at) as first_sent_at,
        min(case when is_from_seller then sent_at end) as first_seller_at,
        min(case when not is_from_seller then sent_at end) as first_buyer_at,
        max(load_id) as load_id
    from messages
    group by tenant_id, conversation_id

),

final as (

    select
        conversations.tenant_id,
        conversations.conversation_id,
        conversations.marketplace_account_id,
        accounts.channel_id,
        conversations.status,
        conversations.customer_ref,
        conversations.subject_hash,
        least(conversations.created_at, coalesce(first_messages.first_sent_at, conversations.created_at)) as created_at,
        -- the buyer began unless the seller wrote first
        coalesce(first_messages.first_seller_at < first_messages.first_buyer_at, first_messages.first_seller_at is not null)
            as is_from_seller_first,
        conversations.latest_message_at,
        conversations.ingested_at,
        conversations.row_hash,
        greatest(conversations.load_id, coalesce(first_messages.load_id, conversations.load_id)) as load_id
    from conversations
    inner join accounts
        on
        conversations.tenant_id = accounts.tenant_id
        and conversations.marketplace_account_id = accounts.marketplace_account_id
    left join first_messages
        on
        conversations.tenant_id = first_messages.tenant_id
        and conversations.conversation_id = first_messages.conversation_id

)

select * from final
