with

source as (

    select * from {{ source('raw_zendesk', 'staff_identities') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        user_ref,
        cast(staff_id as varchar) as staff_id,
        evidence,
        name as display_name,
        tags,
        {{ to_utc('since') }} as since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
