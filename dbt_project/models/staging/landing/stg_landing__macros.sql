with

source as (

    select * from {{ source('raw_landing', 'macros') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        macro_id,
        version,
        name,
        reason_tag_id,
        is_locked,
        policy_checked_on,
        dynamic_fields,
        {{ to_utc('valid_from') }} as valid_from,
        {{ to_utc('valid_to') }} as valid_to,
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
