{{ config(materialized=step()) }}

-- Contacts about an order that is known, with the reason of their ticket, by local day and by the platform and account of the
-- order (a call about a marketplace order counts there). Grain: customer turn or live contact.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

orders as (

    select * from {{ ref('core__orders') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tags as (

    select * from {{ ref('dim_tags') }}
    where kind = 'reason'

),

final as (

    select
        obligations.tenant_id,
        obligations.obligation_key,
        obligations.ticket_key,
        obligations.started_at,
        obligations.started_on as started_day,
        obligations.started_month as month,
        coalesce(lower(tags.name), 'untagged') as reason_name,
        tags.tag_key as reason_tag_key,
        orders.platform,
        orders.marketplace_account_key
    from obligations
    inner join orders on obligations.order_key = orders.order_key
    inner join tickets on obligations.ticket_key = tickets.ticket_key
    left join tags on tickets.resolution_reason_tag_key = tags.tag_key
    -- joined and not asked of each row (`kpi_is_seen`): so a month reaches the turns when one number is looked at
    left join {{ ref('int_kpi_unseen_tickets') }} as unseen
        on
        obligations.ticket_key = unseen.ticket_key
        and unseen.kpi_id = 'reason_contact_rate'
    where
        obligations.kind in ('first', 'next')
        and obligations.state <> 'excluded'
        and unseen.ticket_key is null

)

select * from final
