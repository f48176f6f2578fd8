with

source as (

    select * from {{ source('raw_zendesk', 'tags') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        name as tag_name,
        count as use_count,
        {{ to_utc('missing_since') }} as missing_since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
