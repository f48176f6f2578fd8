{{ config(materialized=step()) }}

-- Seller companies with the zone and the currency they report in.

select
    tenant_id,
    name,
    reporting_tz,
    currency
from {{ ref('canonical__tenants') }}
