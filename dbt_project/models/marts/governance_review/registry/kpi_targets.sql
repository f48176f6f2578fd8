with

targets as (

    select * from {{ ref('core__kpi_targets') }}

),

final as (

    select
        tenant_id,
        target_version_id,
        kpi_id,
        coalesce(layer, 'none') as layer,
        stat,
        clock,
        coalesce(variant, 'none') as variant,
        scope_type,
        scope_id,
        {{ kpi_number('target') }} as target,
        {{ kpi_number('target_high') }} as target_high,
        {{ kpi_number('amber_tolerance') }} as amber_tolerance,
        direction,
        target_class,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        approved_in_action_id,
        origin
    from targets
    where not coalesce(is_deleted_in_source, false)

)

select * from final
