-- Seller accounts on marketplaces; ids are the tenant's, so an account known to several systems is one row.

with

ranked as (

    select
        *,
        row_number() over (
            partition by marketplace_account_key
            order by case when status is null or status = 'unknown' then 1 else 0 end, source_system
        ) as source_rank
    from {{ ref('canonical__marketplace_accounts') }}

)

select
    marketplace_account_key,
    marketplace_account_id,
    tenant_id,
    source_system,
    platform,
    site,
    country,
    fulfilment,
    account_tz,
    status
from ranked
where source_rank = 1
