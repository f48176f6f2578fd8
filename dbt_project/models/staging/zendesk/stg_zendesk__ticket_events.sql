with

source as (

    select * from {{ source('raw_zendesk', 'ticket_events') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as audit_id,
        cast(ticket_id as varchar) as ticket_id,
        updater_ref,
        comment_author_ref,
        cast(merged_into_ticket_id as varchar) as merged_into_ticket_id,
        lower(via_channel) as via_channel,
        lower(via_rel) as via_rel,
        lower(event_type) as event_type,
        lower(status_to) as status_to,
        metadata,
        changes,
        comments,
        comment_effects,
        is_creation,
        {{ to_utc('created_at') }} as created_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
