{{ config(materialized=step()) }}

-- Work on tickets as it was recorded, with the local month it ended in.

select
    records.*,
    {{ local_month('records.ended_at') }} as ended_month
from {{ ref('canonical__handle_sessions') }} as records
left join {{ ref('dim_tenants') }} as tenants on records.tenant_id = tenants.tenant_id
