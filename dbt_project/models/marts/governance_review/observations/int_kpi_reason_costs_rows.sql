-- The resolved tickets with measured handle time that the month's labour cost is split over; a ticket's numerator is its seconds
-- times that cost, as the share is taken of all seconds of the company.

with

tickets as (

    select * from {{ ref('int_ticket_handle_times') }}
    where has_session

),

costs as (

    select
        tenant_id,
        month,
        round(sum(amount), 6) as labour_cost
    from {{ ref('int_costs') }}
    where cost_type = 'labour'
    group by tenant_id, month

),

weighed as (

    select
        tickets.*,
        costs.labour_cost
    from tickets
    inner join costs
        on
        tickets.tenant_id = costs.tenant_id
        and tickets.month = costs.month

)

select * from weighed
