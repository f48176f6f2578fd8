{{ config(materialized=step()) }}

-- Orders of customers, with the local month and day they were placed in.

select
    records.*,
    {{ local_month('records.placed_at') }} as placed_month,
    {{ local_day('records.placed_at') }} as placed_on
from {{ ref('canonical__orders') }} as records
left join {{ ref('dim_tenants') }} as tenants on records.tenant_id = tenants.tenant_id
