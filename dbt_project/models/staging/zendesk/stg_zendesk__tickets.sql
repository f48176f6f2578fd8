with

source as (

    select * from {{ source('raw_zendesk', 'tickets') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as ticket_id,
        cast(brand_id as varchar) as brand_id,
        cast(group_id as varchar) as team_id,
        cast(assignee_id as varchar) as assignee_id,
        requester_ref,
        submitter_ref,
        cast(via_from_ticket_id as varchar) as via_from_ticket_id,
        lower(status) as status,
        lower(priority) as priority,
        lower(type) as ticket_type,
        lower(via_channel) as via_channel,
        lower(via_rel) as via_rel,
        subject_hash,
        tags,
        custom_fields,
        metric_set,
        is_public,
        {{ to_utc('created_at') }} as created_at,
        {{ to_utc('updated_at') }} as updated_at,
        {{ to_utc('due_at') }} as due_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
