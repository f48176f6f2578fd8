with

source as (

    select * from {{ source('raw_edesk', 'tag_groups') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as tag_group_id,
        name as group_name,
        {{ to_utc('missing_since') }} as missing_since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
