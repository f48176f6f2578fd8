-- Primary reasons with the untagged bar are all counted tickets, each once, on every day.
with counted as (
    select
        tenant_id,
        sum(tickets) as tickets
    from {{ ref('tag_volume_daily') }}
    group by tenant_id
),

expected as (
    select
        tenant_id,
        count(*) as tickets
    from {{ ref('dim_tickets') }}
    where is_counted
    group by tenant_id
)

select
    expected.tenant_id,
    expected.tickets as expected,
    counted.tickets as found
from expected
left join counted
    on expected.tenant_id = counted.tenant_id
where expected.tickets <> coalesce(counted.tickets, 0)
