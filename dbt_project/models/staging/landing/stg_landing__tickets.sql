with

source as (

    select * from {{ source('raw_landing', 'tickets') }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        ticket_id,
        {{ to_utc('created_at') }} as created_at,
        created_by_role,
        origin,
        channel_id,
        marketplace_account_id,
        order_id,
        customer_ref,
        subject_hash,
        language,
        status,
        priority,
        assignee_id,
        team_id,
        primary_reason_tag_id,
        tag_ids,
        merged_into_ticket_id,
        split_from_ticket_id,
        follow_up_of_ticket_id,
        issue_key,
        {{ to_utc('due_by_source') }} as due_by_source,
        is_test,
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
