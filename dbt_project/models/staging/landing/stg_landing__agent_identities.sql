with

source as (

    select * from {{ source('raw_landing', 'agent_identities') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        agent_id,
        same_as_agent_id,
        same_as_system,
        same_as_tenant_id,
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
