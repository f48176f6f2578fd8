-- What later audits did to comments: deleted (redacted) or failed to be delivered; the first such audit counts.
with

audits as (

    select * from {{ ref('stg_zendesk__ticket_events') }}
    where comment_effects is not null

),

staff as (

    select * from {{ ref('zendesk__staff') }}

),

final as (

    select
        audits.tenant_id,
        audits.ticket_id,
        effect.comment_id,
        min(case when effect.effect = 'deleted' then audits.created_at end) as deleted_at,
        {{ min_by("case when effect.effect = 'deleted' then staff.staff_id end", 'audits.created_at') }} as deleted_by,
        max(case when effect.effect = 'failed' then 1 else 0 end) as has_failed,
        max(greatest(audits.load_id, coalesce(staff.load_id, ''))) as load_id
    from audits
    left join staff
        on audits.tenant_id = staff.tenant_id and audits.updater_ref = staff.user_ref
    cross join lateral {{ json_rows('audits.comment_effects', {'comment_id': 'text', 'effect': 'text'}) }} as effect
    group by audits.tenant_id, audits.ticket_id, effect.comment_id

)

select * from final
