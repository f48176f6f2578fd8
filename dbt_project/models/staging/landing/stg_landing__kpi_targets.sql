with

source as (

    select * from {{ source('raw_landing', 'kpi_targets') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        target_version_id,
        kpi_id,
        layer,
        stat,
        scope_type,
        scope_id,
        clock,
        variant,
        target,
        target_high,
        amber_tolerance,
        direction,
        target_class,
        valid_from,
        valid_to,
        approved_in_action_id,
        {{ to_utc('occurred_at') }} as occurred_at,
        {{ to_utc('ingested_at') }} as ingested_at,
        {{ to_utc('source_updated_at') }} as source_updated_at,
        is_deleted_in_source,
        row_hash,
        _dlt_load_id as load_id,
        cast(null as varchar) as unmapped_values
    from source

)

select * from renamed
