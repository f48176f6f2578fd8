{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='review_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, review_id, ticket_id, agent_id, reviewer_id, scorecard_id,
    scorecard_version, reviewed_at, review_type, calibration_session_id, is_benchmark, points_earned,
    points_possible, critical_fail, status, subject_system, occurred_at, ingested_at, source_updated_at,
    is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__qa_reviews') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'review_id']) }} as review_key,
        {{ surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']) }} as ticket_key,
        {{ person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id') }} as agent_key,
        {{ person_key('tenant_id', 'coalesce(subject_system, source_system)', 'reviewer_id') }} as reviewer_agent_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
