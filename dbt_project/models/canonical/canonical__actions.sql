{{ config(materialized=step()) }}

with

landed as (

    select
        actions.*,
        {{ scope_of_today('actions') }} as scope_id_today
    from {{ ref('stg_landing__actions') }} as actions
    left join {{ ref('canonical__former_person_keys') }} as former
        on
        {{ is_former_scope('actions') }}

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
        scope_id_today as scope_id,
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
