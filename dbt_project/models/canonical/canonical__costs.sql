{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='cost_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, cost_id, month, amount, currency, fx_rate_to_report, cost_type, scope_type,
    scope_id, allocation_key, is_final, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash,
    load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__costs') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'cost_id']) }} as cost_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
