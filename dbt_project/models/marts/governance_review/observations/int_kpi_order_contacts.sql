-- Customer contacts beside the orders they are about: by month of contact over the orders placed in it, and by the month
-- the order was placed, over the 45 days after it. A contact counts where its order was sold.

{% set mature_s = 45 * 86400 %}

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

orders as (

    select
        orders.tenant_id,
        orders.order_key,
        orders.order_id,
        orders.placed_at,
        {{ kpi_local_month('orders.placed_at') }} as month,
        {{ add_seconds('orders.placed_at', mature_s) }} as mature_at,
        orders.platform,
        orders.marketplace_account_key
    from {{ ref('core__orders') }} as orders
    inner join tenants on orders.tenant_id = tenants.tenant_id
    where
        not orders.is_deleted_in_source
        and orders.placed_at <= {{ as_of_at() }}

),

contacts as (

    select
        obligations.tenant_id,
        obligations.obligation_key,
        obligations.ticket_key,
        obligations.started_at,
        obligations.started_month as month,
        orders.order_key,
        orders.month as order_month,
        obligations.started_at <= orders.mature_at and orders.mature_at <= {{ as_of_at() }} as is_in_cohort,
        coalesce(orders.platform, obligations.platform) as platform,
        case when orders.order_key is not null then orders.marketplace_account_key else obligations.marketplace_account_key end
            as marketplace_account_key
    from obligations
    left join orders on obligations.order_key = orders.order_key
    where
        obligations.kind in ('first', 'next')
        and obligations.state <> 'excluded'

),

facts as (

    select
        tenant_id,
        'contact' as fact,
        obligation_key as fact_key,
        ticket_key,
        started_at as happened_at,
        case when order_key is null then 'contact without order' else 'contact about an order' end as detail,
        month,
        order_month,
        order_key is not null as is_linked,
        coalesce(is_in_cohort, false) as is_in_cohort,
        platform,
        marketplace_account_key
    from contacts

    union all

    select
        tenant_id,
        'order' as fact,
        order_key as fact_key,
        cast(null as varchar) as ticket_key,
        placed_at as happened_at,
        'order ' || order_id as detail,
        month,
        month as order_month,
        true as is_linked,
        mature_at <= {{ as_of_at() }} as is_in_cohort,
        platform,
        marketplace_account_key
    from orders

),

counted as (

    select
        facts.*,
        case when fact = 'contact' then 1 else 0 end as is_contact,
        case when fact = 'order' then 1 else 0 end as is_order,
        case when is_linked then 0 else 1 end as is_unlinked,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from facts

),

measured as (

    {{ kpi_counts('counted', [
        {'kpi_id': 'contact_rate', 'stat': 'ratio', 'variant': 'contact_month', 'numerator': 'is_contact', 'denominator': 'is_order', 'where': 'is_linked'},
        {'kpi_id': 'contact_rate', 'stat': 'ratio', 'variant': 'order_cohort', 'numerator': 'is_contact', 'denominator': 'is_order', 'where': 'is_in_cohort', 'month': 'order_month'},
        {'kpi_id': 'contact_rate', 'stat': 'ratio', 'variant': 'unlinked_share', 'numerator': 'is_unlinked', 'denominator': '1', 'where': "fact = 'contact'"},
    ]) }}

)

select * from measured
