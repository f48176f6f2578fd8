{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='survey_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, survey_sent_id, ticket_id, sent_at, channel_id, suppressed_reason,
    subject_system, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id,
    unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__survey_sends') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_zendesk__survey_sends') }}

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
    left join {{ ref('stg_landing__survey_sends') }} as landed
        on vendor_rows.tenant_id = landed.tenant_id
        and vendor_rows.source_system = landed.source_system
        and vendor_rows.survey_sent_id = landed.survey_sent_id
    where vendor_rows.origin_rank = 1 or landed.tenant_id is null

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'survey_sent_id']) }} as survey_key,
        {{ surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']) }} as ticket_key,
        {{ surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'channel_id']) }} as channel_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from unshadowed

)

select * from keyed
