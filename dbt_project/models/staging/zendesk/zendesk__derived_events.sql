-- Events that the audit log tells outside its list of changes: merges, splits, and deletions that were not logged.
with

audits as (

    select * from {{ ref('stg_zendesk__ticket_events') }}
    where merged_into_ticket_id is not null

),

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

staff as (

    select * from {{ ref('zendesk__staff') }}

),

logged_deletions as (

    select distinct
        tenant_id,
        ticket_id
    from {{ ref('stg_zendesk__ticket_events') }}
    where status_to = 'deleted'

),

mergers as (

    select
        audits.tenant_id,
        audits.audit_id as source_id,
        audits.audit_id || '-merge' as event_id,
        audits.ticket_id,
        'merged' as event_type,
        cast(null as varchar) as from_value,
        audits.merged_into_ticket_id as to_value,
        case when staff.kind in ('agent', 'bot') then staff.staff_id end as actor_id,
        coalesce(case when staff.kind = 'integration' then 'automation' else staff.kind end, 'system') as actor_role,
        'audit_log' as event_source,
        {{ json_field('audits.metadata', 'reason_code') }} as reason_code,
        audits.created_at as occurred_at,
        audits.ingested_at,
        audits.row_hash,
        greatest(audits.load_id, coalesce(staff.load_id, '')) as load_id
    from audits
    left join staff
        on audits.tenant_id = staff.tenant_id and audits.updater_ref = staff.user_ref

),

splits as (

    select
        tickets.tenant_id,
        tickets.ticket_id as source_id,
        tickets.ticket_id || '-split' as event_id,
        tickets.ticket_id,
        'split' as event_type,
        tickets.via_from_ticket_id as from_value,
        tickets.ticket_id as to_value,
        case when staff.kind in ('agent', 'bot') then staff.staff_id end as actor_id,
        coalesce(case when staff.kind = 'integration' then 'automation' else staff.kind end, 'unknown') as actor_role,
        'audit_log' as event_source,
        cast(null as varchar) as reason_code,
        tickets.created_at as occurred_at,
        tickets.ingested_at,
        tickets.row_hash,
        greatest(tickets.load_id, coalesce(staff.load_id, '')) as load_id
    from tickets
    left join staff
        on tickets.tenant_id = staff.tenant_id and tickets.submitter_ref = staff.user_ref
    where tickets.via_rel = 'split'

),

deletions as (

    -- the vendor logs no audit for a deletion made in its interface; the export's time of change is the best there is
    select
        tickets.tenant_id,
        tickets.ticket_id as source_id,
        tickets.ticket_id || '-deleted' as event_id,
        tickets.ticket_id,
        'deleted' as event_type,
        cast(null as varchar) as from_value,
        'deleted' as to_value,
        cast(null as varchar) as actor_id,
        'unknown' as actor_role,
        'snapshot_diff' as event_source,
        cast(null as varchar) as reason_code,
        tickets.updated_at as occurred_at,
        tickets.ingested_at,
        tickets.row_hash,
        tickets.load_id
    from tickets
    left join logged_deletions
        on tickets.tenant_id = logged_deletions.tenant_id and tickets.ticket_id = logged_deletions.ticket_id
    where tickets.status = 'deleted' and logged_deletions.ticket_id is null

),

unioned as (

    select * from mergers
    union all
    select * from splits
    union all
    select * from deletions

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        source_id,
        event_id,
        ticket_id,
        event_type,
        from_value,
        to_value,
        actor_id,
        actor_role,
        0 as time_precision_s,
        event_source,
        reason_code,
        {{ zendesk_event_seq('event_type') }} as seq,
        occurred_at,
        ingested_at,
        occurred_at as source_updated_at,
        false as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from unioned

)

select * from final
