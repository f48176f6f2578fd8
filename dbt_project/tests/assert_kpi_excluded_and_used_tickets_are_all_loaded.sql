-- Every ticket that was loaded is in use or left out for exactly one reason (card excluded_ticket_count). Tenants whose first
-- tickets were all left out have no month to count those in.
with loaded as (
    select
        tenant_id,
        count(*) as tickets,
        sum(case when not is_merged and not is_excluded then 1 else 0 end) as used,
        min(created_at) as first_created_at
    from {{ ref('dim_tickets') }}
    group by tenant_id
),

left_out as (
    select
        tenant_id,
        min(month) as first_month,
        sum(case when kpi_id = 'excluded_ticket_count' and variant = 'none' then value else 0 end) as tickets
    from {{ ref('kpi_monthly') }}
    where scope_type = 'company'
    group by tenant_id
)

select
    loaded.tenant_id,
    loaded.tickets,
    loaded.used,
    left_out.tickets as left_out
from loaded
inner join left_out on loaded.tenant_id = left_out.tenant_id
where
    cast(loaded.first_created_at as date) >= left_out.first_month
    and loaded.tickets <> loaded.used + left_out.tickets
