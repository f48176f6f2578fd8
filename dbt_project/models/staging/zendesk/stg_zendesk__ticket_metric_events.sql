with

source as (

    select * from {{ source('raw_zendesk', 'ticket_metric_events') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        cast(id as varchar) as metric_event_id,
        cast(ticket_id as varchar) as ticket_id,
        cast(instance_id as varchar) as instance_id,
        lower(metric) as metric,
        lower(type) as metric_event_type,
        sla,
        status,
        deleted as is_deleted,
        {{ to_utc('time') }} as occurred_at,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
