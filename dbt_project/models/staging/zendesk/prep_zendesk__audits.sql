-- Audits with the people behind them. `load_id` is that of the newest row involved, so that an audit is mapped again when
-- a person becomes known as staff or one of its ticket's comments is deleted later. The two branches hold the same rows as one
-- query with greatest() would; they are apart so that a filter on load_id reaches the scan of the audits.
with

audits as (

    select * from {{ ref('stg_zendesk__ticket_events') }}

),

staff as (

    select * from {{ ref('prep_zendesk__staff') }}

),

touched_tickets as (

    select tenant_id, ticket_id, max(load_id) as load_id
    from {{ ref('prep_zendesk__comment_effects') }}
    group by tenant_id, ticket_id

),

own as (

    select
        audits.*,
        updater.staff_id as updater_staff_id,
        updater.kind as updater_kind,
        author.staff_id as author_staff_id,
        author.kind as author_kind
    from audits
    left join staff as updater
        on audits.tenant_id = updater.tenant_id and audits.updater_ref = updater.user_ref
    left join staff as author
        on audits.tenant_id = author.tenant_id and audits.comment_author_ref = author.user_ref
    left join touched_tickets
        on audits.tenant_id = touched_tickets.tenant_id and audits.ticket_id = touched_tickets.ticket_id
    where
        coalesce(updater.load_id, '') <= audits.load_id
        and coalesce(author.load_id, '') <= audits.load_id
        and coalesce(touched_tickets.load_id, '') <= audits.load_id

),

later as (

    select
        audits.audit_id,
        audits.tenant_id,
        greatest(
            coalesce(updater.load_id, ''), coalesce(author.load_id, ''), coalesce(touched_tickets.load_id, '')
        ) as load_id,
        updater.staff_id as updater_staff_id,
        updater.kind as updater_kind,
        author.staff_id as author_staff_id,
        author.kind as author_kind
    from audits
    left join staff as updater
        on audits.tenant_id = updater.tenant_id and audits.updater_ref = updater.user_ref
    left join staff as author
        on audits.tenant_id = author.tenant_id and audits.comment_author_ref = author.user_ref
    left join touched_tickets
        on audits.tenant_id = touched_tickets.tenant_id and audits.ticket_id = touched_tickets.ticket_id
    where
        coalesce(updater.load_id, '') > audits.load_id
        or coalesce(author.load_id, '') > audits.load_id
        or coalesce(touched_tickets.load_id, '') > audits.load_id

),

final as (

    select
        tenant_id,
        audit_id,
        ticket_id,
        updater_ref,
        comment_author_ref,
        merged_into_ticket_id,
        via_channel,
        via_rel,
        metadata,
        changes,
        comments,
        status_to,
        is_creation,
        created_at,
        row_hash,
        ingested_at,
        updater_staff_id,
        updater_kind,
        author_staff_id,
        author_kind,
        load_id
    from own

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
        later.updater_staff_id,
        later.updater_kind,
        later.author_staff_id,
        later.author_kind,
        later.load_id
    from later
    inner join audits
        on later.tenant_id = audits.tenant_id and later.audit_id = audits.audit_id

)

select * from final
