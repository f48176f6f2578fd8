with

source as (

    select * from {{ source('raw_zendesk', 'satisfaction_ratings') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as rating_id,
        cast(ticket_id as varchar) as ticket_id,
        cast(assignee_id as varchar) as assignee_id,
        cast(group_id as varchar) as team_id,
        requester_ref,
        lower(score) as score,
        reason_code,
        comment_hash,
        {{ to_utc('created_at') }} as created_at,
        {{ to_utc('updated_at') }} as updated_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
