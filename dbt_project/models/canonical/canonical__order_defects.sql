{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='defect_key',
    )
}}

with

unioned as (

    select
        tenant_id,
        source_system,
        source_id,
        defect_id,
        order_id,
        defect_type,
        opened_at,
        respond_by,
        responded_at,
        closed_at,
        outcome,
        counts_against_seller,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        1 as origin_rank
    from {{ ref('stg_landing__order_defects') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', "defect_id"]) }} as defect_key,
        {{ surrogate_key(['tenant_id', "order_id"]) }} as order_key,
        tenant_id,
        source_system,
        source_id,
        defect_id,
        order_id,
        defect_type,
        opened_at,
        respond_by,
        responded_at,
        closed_at,
        outcome,
        counts_against_seller,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
