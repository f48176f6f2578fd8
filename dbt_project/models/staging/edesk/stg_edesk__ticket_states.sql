with

source as (

    select * from {{ source('raw_edesk', 'ticket_states') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(ticket_id as varchar) as ticket_id,
        {{ to_utc('seen_at') }} as seen_at,
        {{ to_utc('previous_seen_at') }} as previous_seen_at,
        status,
        cast(owner_user_id as varchar) as assignee_id,
        tags_ids,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
