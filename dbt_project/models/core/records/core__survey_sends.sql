{{ config(materialized=step()) }}

-- Surveys sent to customers, with their local month.

select
    records.*,
    {{ local_month('records.sent_at') }} as sent_month
from {{ ref('canonical__survey_sends') }} as records
left join {{ ref('dim_tenants') }} as tenants on records.tenant_id = tenants.tenant_id
