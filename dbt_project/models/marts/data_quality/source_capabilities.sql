with capabilities as (
    select * from {{ ref('core__source_capabilities') }}
),

origins as (
    select * from {{ ref('core__reference_origins') }}
),

subjects as (
    select
        tenant_id,
        source_system,
        'capability' as subject_type,
        capability as subject,
        level,
        is_inferred,
        cast(null as varchar) as origin,
        cast(null as bigint) as row_count,
        note
    from capabilities

    union all

    select
        tenant_id,
        coalesce(source_system, '*') as source_system,
        'reference_table' as subject_type,
        table_name as subject,
        null as level,
        null as is_inferred,
        origin,
        row_count,
        null as note
    from origins
),

final as (
    select
        {{ surrogate_key([
            'tenant_id', 'source_system', 'subject_type', "coalesce(origin, '')", 'subject',
        ]) }} as source_capability_key,
        subjects.*
    from subjects
)

select * from final
