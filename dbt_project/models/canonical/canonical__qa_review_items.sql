{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='review_item_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, review_id, criterion_id, weight, rating, rating_scale, is_na, error_class,
    error_cause, training_related, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash,
    load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__qa_review_items') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', "review_id || '|' || criterion_id"]) }} as review_item_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'review_id']) }} as review_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
