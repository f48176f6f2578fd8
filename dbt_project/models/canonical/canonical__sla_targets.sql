with

unioned as (

    select
        tenant_id,
        source_system,
        source_id,
        target_version_id,
        policy_id,
        version,
        metric,
        priority,
        target_seconds,
        target_business_days,
        clock,
        calendar_id,
        clock_start,
        pause_statuses,
        compliance_goal,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'landing' as origin
    from {{ ref('stg_landing__sla_targets') }}

    union all

    select
        tenant_id,
        source_system,
        source_id,
        target_version_id,
        policy_id,
        version,
        metric,
        priority,
        target_seconds,
        target_business_days,
        clock,
        calendar_id,
        clock_start,
        pause_statuses,
        compliance_goal,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'vendor' as origin
    from {{ ref('map_zendesk__sla_targets') }}

),

chosen as (

    -- targets follow the origin of their policy
    select
        unioned.*
    from unioned
    inner join {{ ref('canonical__sla_policies') }} as chosen
        on unioned.tenant_id = chosen.tenant_id
            and unioned.policy_id = chosen.policy_id
            and unioned.version = chosen.version
            and unioned.origin = chosen.origin

)

select * from chosen
