with

declared as (

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        false as is_inferred
    from {{ ref('stg_landing__source_capabilities') }}

),

inferred as (

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        true as is_inferred
    from {{ ref('int_capabilities_inferred') }}

)

select * from declared

union all

select inferred.*
from inferred
left join declared
    on
        inferred.tenant_id = declared.tenant_id
        and inferred.source_system = declared.source_system
        and inferred.capability = declared.capability
where declared.capability is null
