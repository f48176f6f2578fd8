with

restatements as (

    select * from {{ ref('int_restatements_reviewed') }}

),

final as (

    select
        restatement_id,
        tenant_id,
        month,
        kpi_id,
        kpi_version,
        stat,
        clock,
        layer,
        variant,
        scope_type,
        scope_id,
        old_value,
        new_value,
        old_value_text,
        new_value_text,
        old_status,
        new_status,
        delta,
        reason_code,
        evidence_reason_code,
        detail,
        affected_rows,
        detected_at,
        approved_by,
        approved_at,
        approval_note,
        shown_in_forum_id,
        shown_in_forum_at
    from restatements

)

select * from final
