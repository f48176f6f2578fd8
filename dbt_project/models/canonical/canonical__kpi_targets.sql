with

unioned as (

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
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'landing' as origin,
        1 as origin_rank
    from {{ ref('stg_landing__kpi_targets') }}

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, kpi_id) as best_rank
    from unioned

),

keyed as (

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
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
