with

source as (

    select * from {{ source('raw_landing', 'handle_sessions') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        session_id,
        ticket_id,
        agent_id,
        {{ to_utc('started_at') }} as started_at,
        {{ to_utc('ended_at') }} as ended_at,
        method,
        capped,
        subject_system,
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
