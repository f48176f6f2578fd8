with

source as (

    select * from {{ source('raw_landing', 'messages') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        message_id,
        ticket_id,
        {{ to_utc('sent_at') }} as sent_at,
        {{ to_utc('available_at') }} as available_at,
        direction,
        visibility,
        author_role,
        author_id,
        is_automated,
        macro_id,
        macro_edit_ratio,
        message_kind,
        delivery_status,
        is_solution,
        no_reply_needed,
        is_thanks,
        body_hash,
        body_chars,
        {{ to_utc('deleted_at') }} as deleted_at,
        deleted_by,
        {{ to_utc('call_queue_entered_at') }} as call_queue_entered_at,
        {{ to_utc('call_answered_at') }} as call_answered_at,
        {{ to_utc('call_ended_at') }} as call_ended_at,
        {{ to_utc('abandoned_at') }} as abandoned_at,
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
