{{ config(materialized=step()) }}

-- Contacts that were forecast, with the local month their interval begins in.

select
    records.*,
    {{ local_month('records.interval_start') }} as interval_month
from {{ ref('canonical__contact_forecast') }} as records
left join {{ ref('dim_tenants') }} as tenants on records.tenant_id = tenants.tenant_id
