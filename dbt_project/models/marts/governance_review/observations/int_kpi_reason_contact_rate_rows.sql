-- The contacts behind `reason_contact_rate` and the orders they are taken over; a reason is over all orders of the company, which
-- are nobody's rows.

with

orders as (

    select
        orders.*,
        {{ kpi_local_month('orders.placed_at') }} as month
    from {{ ref('core__orders') }} as orders
    inner join {{ ref('dim_tenants') }} as tenants on orders.tenant_id = tenants.tenant_id
    where orders.placed_at <= {{ as_of_at() }}

),

contacts as (

    select * from {{ ref('int_kpi_reason_contacts') }}

)

{{ kpi_rows('contacts', 'reason_contact_rate', {
    'platform': 'platform', 'marketplace_account_key': 'marketplace_account_key', 'subject_type': "'reason'", 'subject_id': 'reason_name',
    'fact_key': 'obligation_key', 'ticket_key': 'ticket_key', 'happened_at': 'started_at', 'detail': 'reason_name', 'numerator': '1',
}) }}
union all
{{ kpi_rows('orders', 'reason_contact_rate', {
    'platform': 'platform', 'marketplace_account_key': 'marketplace_account_key', 'fact_key': 'order_key', 'happened_at': 'placed_at',
    'detail': "'order ' || order_id", 'denominator': '1', 'n': '1',
}) }}
