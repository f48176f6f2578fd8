-- Tenants that this vendor's account serves; the account always lists at least its brands or its fields.
with

tenants as (

    select
        tenant_id,
        max(load_id) as load_id
    from {{ ref('stg_zendesk__ticket_fields') }}
    group by tenant_id

    union all

    select
        tenant_id,
        max(load_id) as load_id
    from {{ ref('stg_zendesk__brands') }}
    group by tenant_id

)

select
    tenant_id,
    max(load_id) as load_id
from tenants
group by tenant_id
