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

{{ kpi_rows('weighed', 'tag_cost', {
    'platform': 'platform', 'marketplace_account_key': 'marketplace_account_key', 'channel_key': 'channel_key', 'team_key': 'team_key',
    'subject_type': "'reason'", 'subject_id': "coalesce(reason_name, 'untagged')", 'fact_key': 'cycle_key', 'ticket_key': 'ticket_key',
    'happened_at': 'resolved_at', 'detail': "cast(handle_s as varchar) || ' s, ' || coalesce(reason_name, 'untagged')",
    'numerator': 'labour_cost * handle_s', 'n': '1',
}) }}
