with

source as (

    select * from {{ source('raw_landing', 'satisfaction_responses') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        response_id,
        survey_sent_id,
        ticket_id,
        resolution_cycle_no,
        order_id,
        agent_id,
        {{ to_utc('responded_at') }} as responded_at,
        scale,
        raw_score,
        sentiment,
        resolved_answer,
        contacts_needed_answer,
        comment_hash,
        is_latest,
        superseded_by,
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
