{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='forecast_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, forecast_version_id, interval_start, grain, channel_id, made_at,
    is_locked, forecast_contacts, forecast_aht_s, required_fte, subject_system, occurred_at, ingested_at,
    source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__contact_forecast') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', "forecast_version_id || '|' || cast(interval_start as varchar) || '|' || grain || '|' || channel_id"]) }}
            as forecast_key,
        {{ surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'channel_id']) }} as channel_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from changed

)

select * from keyed
