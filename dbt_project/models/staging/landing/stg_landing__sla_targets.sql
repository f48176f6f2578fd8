with

source as (

    select * from {{ source('raw_landing', 'sla_targets') }}

),

renamed as (

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
