{{ config(materialized=step()) }}

-- Restatements of the ledger with their newest approval and the first forum that was shown them. A reason that the person who
-- approved it typed stands instead of the one that the evidence gave, which stays beside it.

with

restatements as (

    select * from {{ ref('int_ledger_restatements') }}

),

reviews as (

    select
        *,
        row_number() over (partition by tenant_id, restatement_id, kind order by ledger_seq desc) as recency,
        row_number() over (partition by tenant_id, restatement_id, kind order by ledger_seq) as precedence
    from {{ ref('int_ledger_restatement_reviews') }}

),

approvals as (

    select * from reviews
    where kind = 'approved' and recency = 1

),

showings as (

    select * from reviews
    where kind = 'shown' and precedence = 1

),

final as (

    select
        restatements.restatement_id,
        {% for column in ledger_series() -%}
        restatements.{{ column }},
        {% endfor -%}
        restatements.old_value,
        restatements.new_value,
        restatements.old_value_text,
        restatements.new_value_text,
        restatements.old_status,
        restatements.new_status,
        restatements.delta,
        coalesce(approvals.reason_code, restatements.reason_code) as reason_code,
        restatements.reason_code as evidence_reason_code,
        restatements.detail,
        restatements.affected_rows,
        restatements.detected_at,
        restatements.definition_hash,
        restatements.target_version_id,
        approvals.person as approved_by,
        approvals.reviewed_at as approved_at,
        approvals.note as approval_note,
        showings.forum_id as shown_in_forum_id,
        showings.reviewed_at as shown_in_forum_at,
        restatements.ledger_seq
    from restatements
    left join approvals
        on
        restatements.tenant_id = approvals.tenant_id
        and restatements.restatement_id = approvals.restatement_id
    left join showings
        on
        restatements.tenant_id = showings.tenant_id
        and restatements.restatement_id = showings.restatement_id

)

select * from final
