with

source as (

    select * from {{ source('raw_landing', 'contact_forecast') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        forecast_version_id,
        {{ to_utc('interval_start') }} as interval_start,
        grain,
        channel_id,
        {{ to_utc('made_at') }} as made_at,
        is_locked,
        forecast_contacts,
        forecast_aht_s,
        required_fte,
        subject_system,
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
