with

source as (

    select * from {{ source('raw_landing', 'costs') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        cost_id,
        month,
        amount,
        currency,
        fx_rate_to_report,
        cost_type,
        scope_type,
        scope_id,
        allocation_key,
        is_final,
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
