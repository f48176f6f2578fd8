{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='order_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, order_id, marketplace_account_id, platform, placed_at, fulfilment,
    expected_ship_by, ship_confirmed_at, promised_delivery_by, delivered_at, tracking_uploaded_at, tracking_valid,
    cancelled_at, cancelled_by, cancel_reason, units, value, currency, occurred_at, ingested_at, source_updated_at,
    is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__orders') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_amazon__orders') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_ebay__orders') }}

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
    left join {{ ref('stg_landing__orders') }} as landed
        on vendor_rows.tenant_id = landed.tenant_id
        and vendor_rows.source_system = landed.source_system
        and vendor_rows.order_id = landed.order_id
    where vendor_rows.origin_rank = 1 or landed.tenant_id is null

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'order_id']) }} as order_key,
        {{ surrogate_key(['tenant_id', 'marketplace_account_id']) }} as marketplace_account_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from unshadowed

)

select * from keyed
