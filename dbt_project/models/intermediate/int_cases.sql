-- Marketplace requests that somebody must act on: one obligation each, answered by a case action or the platform's own record of a
-- response. Grain: request. The ticket is the oldest about the order, one on a case channel first.

with

defects as (

    select * from {{ ref('canonical__order_defects') }}
    where
        opened_at <= {{ as_of_at() }}
        and not is_deleted_in_source
        and (respond_by is not null or defect_type in ('inr_case', 'snad_case'))

),

tickets as (

    select
        tickets.tenant_id,
        tickets.ticket_key,
        tickets.order_key,
        row_number() over (
            partition by tickets.order_key
            order by
                case when channels.channel_class = 'marketplace_case' then 0 else 1 end,
                tickets.created_at,
                tickets.ticket_key
        ) as ticket_rank
    from {{ ref('canonical__tickets') }} as tickets
    left join {{ ref('canonical__channels') }} as channels on tickets.channel_key = channels.channel_key
    where
        tickets.created_at <= {{ as_of_at() }}
        and tickets.order_key in (select order_key from defects)

),

actions as (

    select
        tickets.order_key,
        messages.author_agent_key,
        {{ epoch_us('messages.sent_at') }} as sent_us,
        messages.message_id
    from {{ ref('canonical__messages') }} as messages
    inner join tickets on messages.ticket_key = tickets.ticket_key
    where
        messages.message_kind = 'case_action'
        and messages.visibility = 'public'
        and messages.author_role = 'agent'
        and not messages.is_automated
        and messages.delivery_status in ('sent', 'delivered')
        and messages.sent_at <= {{ as_of_at() }}

),

requests as (

    select
        defects.tenant_id,
        defects.source_system,
        defects.defect_key,
        defects.order_key,
        defects.outcome,
        tickets.ticket_key,
        {{ epoch_us('defects.opened_at') }} as start_us,
        {{ epoch_us('defects.respond_by') }} as respond_by_us,
        case when defects.responded_at <= {{ as_of_at() }} then {{ epoch_us('defects.responded_at') }} end as responded_us,
        case when defects.closed_at <= {{ as_of_at() }} then {{ epoch_us('defects.closed_at') }} end as closed_us
    from defects
    left join tickets
        on defects.order_key = tickets.order_key
        and tickets.ticket_rank = 1

),

first_actions as (

    select
        requests.defect_key,
        actions.sent_us,
        actions.author_agent_key,
        row_number() over (partition by requests.defect_key order by actions.sent_us, actions.message_id) as action_no
    from requests
    inner join actions
        on requests.order_key = actions.order_key
        and requests.start_us <= actions.sent_us

)

select
    cast(row_number() over (order by requests.defect_key) as integer) as case_no,
    requests.tenant_id,
    requests.source_system,
    requests.defect_key,
    requests.order_key,
    requests.outcome,
    requests.ticket_key,
    tickets.ticket_no,
    orders.platform,
    orders.marketplace_account_id,
    requests.start_us,
    requests.respond_by_us,
    requests.closed_us,
    least(
        coalesce(requests.responded_us, {{ far_us() }}),
        coalesce(first_actions.sent_us, {{ far_us() }})
    ) as answered_us,
    case
        when first_actions.sent_us <= coalesce(requests.responded_us, {{ far_us() }}) then first_actions.author_agent_key
    end as responder_agent_key
from requests
left join first_actions
    on requests.defect_key = first_actions.defect_key
    and first_actions.action_no = 1
left join {{ ref('int_tickets_visible') }} as tickets on requests.ticket_key = tickets.ticket_key
left join {{ ref('canonical__orders') }} as orders on requests.order_key = orders.order_key
where requests.ticket_key is null or tickets.ticket_no is not null
