with

source as (

    select * from {{ source('raw_landing', 'order_defects') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        defect_id,
        order_id,
        defect_type,
        {{ to_utc('opened_at') }} as opened_at,
        {{ to_utc('respond_by') }} as respond_by,
        {{ to_utc('responded_at') }} as responded_at,
        {{ to_utc('closed_at') }} as closed_at,
        outcome,
        counts_against_seller,
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
