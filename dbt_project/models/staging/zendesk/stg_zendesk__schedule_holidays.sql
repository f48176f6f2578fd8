with

source as (

    select * from {{ source('raw_zendesk', 'schedule_holidays') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as holiday_id,
        cast(schedule_id as varchar) as schedule_id,
        name as holiday_name,
        {{ date_or_null('start_date') }} as start_date,
        {{ date_or_null('end_date') }} as end_date,
        {{ to_utc('missing_since') }} as missing_since,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
