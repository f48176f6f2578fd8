-- Tenants that an eDesk account was read for.

select
    tenant_id,
    min(ingested_at) as ingested_at,
    max(load_id) as load_id
from {{ ref('stg_edesk__channels') }}
group by tenant_id
