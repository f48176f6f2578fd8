with

source as (

    select * from {{ source('raw_edesk', 'channels') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as vendor_channel_id,
        type as channel_type,
        country,
        name as channel_name,
        {{ to_utc('missing_since') }} as missing_since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
