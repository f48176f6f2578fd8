with

source as (

    select * from {{ source('raw_zendesk', 'users') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        user_ref,
        cast(staff_id as varchar) as staff_id,
        name as display_name,
        lower(role) as role,
        iana_time_zone as time_zone,
        lower(locale) as locale,
        tags,
        user_fields,
        active as is_active,
        suspended as is_suspended,
        {{ to_utc('created_at') }} as created_at,
        {{ to_utc('updated_at') }} as updated_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
