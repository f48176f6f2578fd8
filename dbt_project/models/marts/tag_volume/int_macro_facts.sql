{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- What is said of macros by month, reason and platform, one row per fact: a use in a reply, a ticket it was used in and whether it
-- resolved it, an issue whose first reply used it, a resolved ticket with its handle time. Issues and handle times without any
-- macro have a null macro: what the others are compared with, so tickets of a source that does not tell are no part of them.
with reasons as (
    select
        tickets.ticket_key,
        lower(tags.name) as reason_name
    from {{ ref('dim_tickets') }} as tickets
    inner join {{ ref('dim_tags') }} as tags
        on tickets.resolution_reason_tag_key = tags.tag_key
        and tags.kind = 'reason'
),

issues as (
    select
        issues.tenant_id,
        issues.month,
        coalesce(reasons.reason_name, 'untagged') as reason_name,
        issues.platform,
        case when issues.first_reply_macro_key is not null then coalesce(macros.macro_id, 'unknown') end as macro_id,
        case when issues.is_fcr then 1 else 0 end as is_fcr
    from {{ ref('int_resolved_issues') }} as issues
    left join reasons
        on issues.ticket_key = reasons.ticket_key
    left join {{ ref('dim_macros') }} as macros
        on issues.first_reply_macro_key = macros.macro_key
    where issues.is_in_fcr and {{ kpi_is_seen('issues.ticket_key', 'macro_fcr') }}
),

timed as (
    select * from {{ ref('int_kpi_macro_handle_times') }}
),

facts as (
    select
        messages.tenant_id,
        messages.sent_month as month,
        coalesce(macros.macro_id, 'unknown') as macro_id,
        coalesce(reasons.reason_name, 'untagged') as reason_name,
        messages.platform,
        1 as uses,
        messages.macro_edit_ratio as edit_ratio,
        null as is_judged,
        null as is_resolved,
        null as is_issue,
        null as is_fcr,
        null as handle_s
    from {{ ref('fct_messages') }} as messages
    left join {{ ref('dim_macros') }} as macros
        on messages.macro_key = macros.macro_key
    left join reasons
        on messages.ticket_key = reasons.ticket_key
    where messages.is_human_public_reply and messages.macro_key is not null and not messages.is_ticket_excluded

    union all

    select
        resolutions.tenant_id,
        resolutions.month,
        resolutions.subject_id,
        coalesce(reasons.reason_name, 'untagged'),
        resolutions.platform,
        null,
        null,
        1,
        resolutions.numerator,
        null,
        null,
        null
    from {{ ref('int_kpi_macro_resolutions') }} as resolutions
    left join reasons
        on resolutions.ticket_key = reasons.ticket_key
    where {{ kpi_is_seen('resolutions.ticket_key', 'macro_resolution_rate') }}

    union all

    select
        tenant_id,
        month,
        macro_id,
        reason_name,
        platform,
        null,
        null,
        null,
        null,
        1,
        is_fcr,
        null
    from issues

    union all

    select
        tenant_id,
        month,
        macro_id,
        reason_name,
        platform,
        null,
        null,
        null,
        null,
        null,
        null,
        handle_s
    from timed
)

select * from facts
