-- Every ticket that was loaded is in use or left out for exactly one reason (card excluded_ticket_count).
with loaded as (
    select
        tenant_id,
        count(*) as tickets,
        sum(case when not is_merged and not is_excluded then 1 else 0 end) as used
    from {{ ref('dim_tickets') }}
    group by tenant_id
),

left_out as (
    select
        tenant_id,
        sum(value) as tickets
    from {{ ref('kpi_monthly') }}
    where
        kpi_id = 'excluded_ticket_count'
        and scope_type = 'company'
        and variant = 'none'
    group by tenant_id
)

select
    loaded.tenant_id,
    loaded.tickets,
    loaded.used,
    left_out.tickets as left_out
from loaded
inner join left_out on loaded.tenant_id = left_out.tenant_id
where loaded.tickets <> loaded.used + left_out.tickets
