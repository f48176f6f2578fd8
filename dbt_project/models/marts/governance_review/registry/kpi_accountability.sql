with

accountability as (

    select * from {{ ref('core__kpi_accountability') }}

),

final as (

    select
        tenant_id,
        kpi_id,
        scope_type,
        role,
        kind,
        forum_id,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        origin
    from accountability
    where not coalesce(is_deleted_in_source, false)

)

select * from final
