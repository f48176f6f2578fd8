{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='defect_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, defect_id, order_id, defect_type, opened_at, respond_by, responded_at,
    closed_at, outcome, counts_against_seller, occurred_at, ingested_at, source_updated_at, is_deleted_in_source,
    row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__order_defects') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_amazon__order_defects') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_ebay__order_defects') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

unshadowed as (

    -- a landing row under the same identity replaces the vendor's
    select vendor_rows.*
    from changed as vendor_rows
    left join {{ ref('stg_landing__order_defects') }} as landed
        on vendor_rows.tenant_id = landed.tenant_id
        and vendor_rows.source_system = landed.source_system
        and vendor_rows.defect_id = landed.defect_id
    where vendor_rows.origin_rank = 1 or landed.tenant_id is null

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'defect_id']) }} as defect_key,
        {{ surrogate_key(['tenant_id', 'order_id']) }} as order_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from unshadowed

)

select * from keyed
