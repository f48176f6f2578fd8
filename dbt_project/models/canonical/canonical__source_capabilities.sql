with

declared as (

    {{ rows_of_all_origins('source_capabilities', vendors=['amazon', 'ebay', 'edesk', 'zendesk']) }}

),

known as (

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        origin_rank
    from declared

    union all

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        3 as origin_rank
    from {{ ref('int_capabilities_inferred') }}

),

ranked as (

    -- a sheet knows better than the connector, and both better than what can be read off the data
    select
        *,
        row_number() over (
            partition by tenant_id, source_system, capability
            order by origin_rank
        ) as place
    from known

)

select
    tenant_id,
    source_system,
    capability,
    level,
    note,
    origin_rank = 3 as is_inferred
from ranked
where place = 1
