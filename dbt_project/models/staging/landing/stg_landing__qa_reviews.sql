with

source as (

    select * from {{ source('raw_landing', 'qa_reviews') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        review_id,
        ticket_id,
        agent_id,
        reviewer_id,
        scorecard_id,
        scorecard_version,
        {{ to_utc('reviewed_at') }} as reviewed_at,
        review_type,
        calibration_session_id,
        is_benchmark,
        points_earned,
        points_possible,
        critical_fail,
        status,
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
