with

landed as (

    select * from {{ ref('stg_landing__actions') }}

),

keyed as (

    select
        tenant_id,
        source_system,
        source_id,
        action_id,
        forum_id,
        meeting_at,
        month,
        kpi_id,
        scope_type,
        scope_id,
        trigger,
        decision,
        decision_type,
        owner,
        due_on,
        expected_kpi,
        expected_change,
        evaluate_on,
        status,
        closed_at,
        evidence_ref,
        follow_up_action_id,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values
    from landed

)

select * from keyed
