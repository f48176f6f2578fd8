with

tickets as (

    select
        *,
        {{ json_field('custom_fields', 'language') }} as language_field
    from {{ ref('stg_edesk__tickets') }}

),

channels as (

    select * from {{ ref('edesk__ruled_channels') }}

),

openings as (

    select * from {{ ref('edesk__ticket_openings') }}

),

tag_loads as (

    -- a tag that was renamed is another id on every ticket
    select
        tenant_id,
        max(load_id) as load_id
    from {{ ref('edesk__named_tags') }}
    group by tenant_id

),

tagged as (

    select
        tickets.tenant_id,
        tickets.ticket_id,
        min(case when tags.kind = 'reason' then tags.tag_id end) as reason_tag_id,
        {{ json_list_agg('tags.tag_id') }} as tag_ids
    from tickets
    cross join lateral {{ json_values('tickets.tags_ids') }} as named
    inner join {{ ref('edesk__named_tags') }} as tags
        on tickets.tenant_id = tags.tenant_id and named.value = tags.vendor_tag_id
    group by tickets.tenant_id, tickets.ticket_id

),

joined as (

    select
        tickets.*,
        coalesce(channels.channel_id, 'edesk_other') as channel_id,
        channels.marketplace_account_id,
        coalesce(openings.written_first_by, 'system') as written_first_by,
        tagged.reason_tag_id,
        coalesce(tagged.tag_ids, '[]') as tag_ids,
        greatest(
            tickets.load_id,
            coalesce(channels.load_id, ''),
            coalesce(openings.load_id, ''),
            coalesce(tag_loads.load_id, '')
        ) as newest_load_id
    from tickets
    left join channels
        on tickets.tenant_id = channels.tenant_id and tickets.vendor_channel_id = channels.vendor_channel_id
    left join openings
        on tickets.tenant_id = openings.tenant_id and tickets.ticket_id = openings.ticket_id
    left join tagged
        on tickets.tenant_id = tagged.tenant_id and tickets.ticket_id = tagged.ticket_id
    left join tag_loads
        on tickets.tenant_id = tag_loads.tenant_id

),

final as (

    select
        tenant_id,
        'edesk' as source_system,
        ticket_id as source_id,
        ticket_id,
        created_at,
        written_first_by as created_by_role,
        case
            when written_first_by <> 'agent' then 'inbound'
            when {{ zendesk_has_tag('tag_ids', 'proxy_contact') }} then 'proxy'
            else 'outbound'
        end as origin,
        channel_id,
        marketplace_account_id,
        order_id,
        coalesce(contact_ref, 'unknown-' || ticket_id) as customer_ref,
        subject_hash,
        lower(language_field) as language,
        case when missing_since is not null then 'deleted' else {{ edesk_status('status') }} end as status,
        cast(null as varchar) as priority,
        assignee_id,
        cast(null as varchar) as team_id,
        reason_tag_id as primary_reason_tag_id,
        tag_ids,
        cast(null as varchar) as merged_into_ticket_id,
        cast(null as varchar) as split_from_ticket_id,
        cast(null as varchar) as follow_up_of_ticket_id,
        cast(null as varchar) as issue_key,
        cast(null as timestamp) as due_by_source,
        {{ zendesk_has_tag('tag_ids', 'test_ticket') }} as is_test,
        created_at as occurred_at,
        ingested_at,
        last_updated_at as source_updated_at,
        status = 'Archived' or missing_since is not null as is_deleted_in_source,
        row_hash,
        newest_load_id as load_id,
        case when not {{ edesk_is_status('status') }} then 'status=' || status end as unmapped_values
    from joined

)

select * from final
