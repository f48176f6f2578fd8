{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='agent_time_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, agent_id, interval_start, state, interval_end, is_paid, paid_seconds,
    handling_seconds, source_quality, subject_system, occurred_at, ingested_at, source_updated_at,
    is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__agent_time') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', "agent_id || '|' || cast(interval_start as varchar) || '|' || state"]) }}
            as agent_time_key,
        {{ person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id') }} as agent_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
