with

source as (

    select * from {{ source('raw_landing', 'survey_sends') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        survey_sent_id,
        ticket_id,
        {{ to_utc('sent_at') }} as sent_at,
        channel_id,
        suppressed_reason,
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
