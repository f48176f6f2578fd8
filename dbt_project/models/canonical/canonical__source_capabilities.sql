with

declared as (

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        1 as origin_rank
    from {{ ref('stg_landing__source_capabilities') }}

    union all

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        2 as origin_rank
    from {{ ref('map_amazon__source_capabilities') }}

    union all

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        2 as origin_rank
    from {{ ref('map_ebay__source_capabilities') }}

    union all

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        2 as origin_rank
    from {{ ref('map_edesk__source_capabilities') }}

    union all

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        2 as origin_rank
    from {{ ref('map_zendesk__source_capabilities') }}

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
    from declared

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
