{{ config(materialized=step()) }}
-- Customers' public messages about an order, wherever they arrived: what a duplicate delivery is compared with.

select
    messages.tenant_id,
    messages.message_id,
    messages.author_id,
    messages.body_hash,
    {{ epoch_us('messages.sent_at') }} as sent_us,
    tickets.order_key,
    tickets.channel_key
from {{ ref('canonical__messages') }} as messages
inner join {{ ref('canonical__tickets') }} as tickets on messages.ticket_key = tickets.ticket_key
where
    tickets.order_key in (select order_key from {{ ref('int_tickets_visible') }})
    and messages.body_hash is not null
    and messages.visibility = 'public'
    and messages.author_role = 'customer'
    and messages.sent_at <= {{ as_of_at() }}
    and tickets.created_at <= {{ as_of_at() }}
