{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='event_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, event_id, article_id, reason_tag_id, session_ref, outcome, is_anonymous,
    subject_system, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id,
    unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__self_service_events') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'event_id']) }} as event_key,
        {{ surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'reason_tag_id']) }} as reason_tag_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
