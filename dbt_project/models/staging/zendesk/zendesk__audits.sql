-- Audits with the people behind them. `load_id` is that of the newest row involved, so that an audit is mapped again when
-- a person becomes known as staff or one of its ticket's comments is deleted later. Audits that nothing newer touches, nearly
-- all, stay a branch of their own: there a filter on load_id reaches the scan.
with

audits as (

    select * from {{ ref('stg_zendesk__ticket_events') }}

),

staff as (

    select * from {{ ref('zendesk__staff') }}

),

late_staff as (

    -- nearly everyone is known since the first load, and so is left out of the search
    select * from staff
    where load_id > (select min(audits.load_id) from audits)

),

late_effects as (

    select * from {{ ref('zendesk__comment_effects') }}
    where load_id > (select min(audits.load_id) from audits)

),

touches as (

    select
        audits.tenant_id,
        audits.audit_id,
        late_staff.load_id
    from audits
    inner join late_staff
        on audits.tenant_id = late_staff.tenant_id and audits.updater_ref = late_staff.user_ref
    where late_staff.load_id > audits.load_id

    union all

    select
        audits.tenant_id,
        audits.audit_id,
        late_staff.load_id
    from audits
    inner join late_staff
        on audits.tenant_id = late_staff.tenant_id and audits.comment_author_ref = late_staff.user_ref
    where late_staff.load_id > audits.load_id

    union all

    select
        audits.tenant_id,
        audits.audit_id,
        late_effects.load_id
    from audits
    inner join late_effects
        on audits.tenant_id = late_effects.tenant_id and audits.ticket_id = late_effects.ticket_id
    where late_effects.load_id > audits.load_id and audits.comment_author_ref is not null

),

touched as (

    select
        tenant_id,
        audit_id,
        max(load_id) as load_id
    from touches
    group by tenant_id, audit_id

),

versions as (

    select
        audits.tenant_id,
        audits.audit_id,
        audits.ticket_id,
        audits.updater_ref,
        audits.comment_author_ref,
        audits.merged_into_ticket_id,
        audits.via_channel,
        audits.via_rel,
        audits.metadata,
        audits.changes,
        audits.comments,
        audits.status_to,
        audits.is_creation,
        audits.created_at,
        audits.row_hash,
        audits.ingested_at,
        audits.load_id
    from audits
    left join touched
        on audits.tenant_id = touched.tenant_id and audits.audit_id = touched.audit_id
    where touched.audit_id is null

    union all

    select
        audits.tenant_id,
        audits.audit_id,
        audits.ticket_id,
        audits.updater_ref,
        audits.comment_author_ref,
        audits.merged_into_ticket_id,
        audits.via_channel,
        audits.via_rel,
        audits.metadata,
        audits.changes,
        audits.comments,
        audits.status_to,
        audits.is_creation,
        audits.created_at,
        audits.row_hash,
        audits.ingested_at,
        touched.load_id
    from audits
    inner join touched
        on audits.tenant_id = touched.tenant_id and audits.audit_id = touched.audit_id

),

final as (

    select
        versions.*,
        updater.staff_id as updater_staff_id,
        updater.kind as updater_kind
    from versions
    left join staff as updater
        on versions.tenant_id = updater.tenant_id and versions.updater_ref = updater.user_ref

)

select * from final
