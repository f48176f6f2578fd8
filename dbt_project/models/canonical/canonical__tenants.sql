with

described as (

    select
        tenant_id,
        name,
        reporting_tz,
        currency
    from {{ source('raw_landing', 'tenants') }}

),

seen as (

    select tenant_id from {{ ref('canonical__tickets') }}
    union
    select tenant_id from {{ ref('canonical__account_health_snapshots') }}
    union
    select tenant_id from described

)

select
    seen.tenant_id,
    coalesce(described.name, seen.tenant_id) as name,
    coalesce(described.reporting_tz, 'UTC') as reporting_tz,
    coalesce(described.currency, 'EUR') as currency
from seen
left join described
    on seen.tenant_id = described.tenant_id
