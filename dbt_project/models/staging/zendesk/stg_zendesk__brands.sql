with

source as (

    select * from {{ source('raw_zendesk', 'brands') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as brand_id,
        name as brand_name,
        active as is_active,
        is_deleted,
        {{ to_utc('created_at') }} as created_at,
        {{ to_utc('updated_at') }} as updated_at,
        {{ to_utc('missing_since') }} as missing_since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
