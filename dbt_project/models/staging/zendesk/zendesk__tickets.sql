with

tickets as (

    select
        *,
        {{ json_field('custom_fields', 'reason') }} as reason,
        {{ json_field('custom_fields', 'order_id') }} as order_id,
        {{ json_field('custom_fields', 'marketplace_account_id') }} as account_field,
        {{ json_field('custom_fields', 'language') }} as language_field
    from {{ ref('stg_zendesk__tickets') }}

),

channels as (

    select * from {{ ref('zendesk__ticket_channels') }}

),

staff as (

    select * from {{ ref('zendesk__staff') }}

),

requesters as (

    select
        tenant_id,
        user_ref,
        locale,
        load_id
    from {{ ref('stg_zendesk__users') }}

),

mergers as (

    select
        tenant_id,
        ticket_id,
        {{ max_by('merged_into_ticket_id', 'created_at') }} as merged_into_ticket_id,
        max(load_id) as load_id
    from {{ ref('stg_zendesk__ticket_events') }}
    where merged_into_ticket_id is not null
    group by tenant_id, ticket_id

),

joined as (

    select
        tickets.*,
        channels.channel_id,
        channels.is_unmapped as is_channel_unmapped,
        coalesce(tickets.account_field, channels.marketplace_account_id) as marketplace_account_id,
        case
            when tickets.submitter_ref is null or staff.kind = 'integration' then 'system'
            else coalesce(staff.kind, 'customer')
        end as created_by_role,
        coalesce(tickets.language_field, substr(requesters.locale, 1, 2)) as language,
        mergers.merged_into_ticket_id,
        greatest(
            tickets.load_id,
            channels.load_id,
            coalesce(staff.load_id, ''),
            coalesce(requesters.load_id, ''),
            coalesce(mergers.load_id, '')
        ) as newest_load_id
    from tickets
    inner join channels
        on tickets.tenant_id = channels.tenant_id and tickets.ticket_id = channels.ticket_id
    left join staff
        on tickets.tenant_id = staff.tenant_id and tickets.submitter_ref = staff.user_ref
    left join requesters
        on tickets.tenant_id = requesters.tenant_id and tickets.requester_ref = requesters.user_ref
    left join mergers
        on tickets.tenant_id = mergers.tenant_id and tickets.ticket_id = mergers.ticket_id

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        ticket_id as source_id,
        ticket_id,
        created_at,
        created_by_role,
        case
            when created_by_role <> 'agent' or via_rel in ('split', 'follow_up') then 'inbound'
            when {{ zendesk_has_tag('tags', 'proxy_contact') }} then 'proxy'
            else 'outbound'
        end as origin,
        channel_id,
        marketplace_account_id,
        order_id,
        coalesce(requester_ref, 'unknown-' || ticket_id) as customer_ref,
        subject_hash,
        lower(language) as language,
        case
            when status <> 'deleted' and {{ zendesk_has_tag('tags', 'spam') }} then 'spam'
            else {{ zendesk_status('status') }}
        end as status,
        case when priority in ('low', 'normal', 'high', 'urgent') then priority end as priority,
        assignee_id,
        team_id,
        reason as primary_reason_tag_id,
        coalesce(tags, '[]') as tag_ids,
        merged_into_ticket_id,
        case when via_rel = 'split' then via_from_ticket_id end as split_from_ticket_id,
        case when via_rel = 'follow_up' then via_from_ticket_id end as follow_up_of_ticket_id,
        cast(null as varchar) as issue_key,
        due_at as due_by_source,
        {{ zendesk_has_tag('tags', 'test_ticket') }} as is_test,
        created_at as occurred_at,
        ingested_at,
        updated_at as source_updated_at,
        coalesce(status = 'deleted', false) as is_deleted_in_source,
        row_hash,
        newest_load_id as load_id,
        {{ zendesk_unmapped_of_ticket('status', 'priority', 'is_channel_unmapped', 'via_channel') }} as unmapped_values
    from joined

)

select * from final
