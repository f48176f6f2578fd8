{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='session_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, session_id, ticket_id, agent_id, started_at, ended_at, method, capped,
    subject_system, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id,
    unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__handle_sessions') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'session_id']) }} as session_key,
        {{ surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']) }} as ticket_key,
        {{ person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id') }} as agent_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
