with

source as (

    select * from {{ source('raw_edesk', 'quarantined_records') }}

),

renamed as (

    select
        record_id,
        tenant_id,
        source_system,
        table_name,
        file_name,
        line_no,
        column_name,
        reason,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
