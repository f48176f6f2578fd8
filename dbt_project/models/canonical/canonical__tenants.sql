-- Whoever the landing folder describes or tells of, and whoever an account is connected for. Asked of the sources, not of the
-- tickets: rules, calendars and targets per tenant are left as they stand when only tickets came in.

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

    select tenant_id from described
    union
    select tenant_id from {{ source('raw_landing', 'tickets') }}
    union
    select tenant_id from {{ source('raw_landing', 'account_health_snapshots') }}
    union
    select tenant_id from {{ ref('stg_amazon__marketplace_participations') }}
    union
    select tenant_id from {{ ref('ebay__accounts') }}
    union
    select tenant_id from {{ ref('edesk__tenants') }}
    union
    select tenant_id from {{ ref('zendesk__tenants') }}

)

select
    seen.tenant_id,
    coalesce(described.name, seen.tenant_id) as name,
    coalesce(described.reporting_tz, 'UTC') as reporting_tz,
    coalesce(described.currency, 'EUR') as currency
from seen
left join described
    on seen.tenant_id = described.tenant_id
