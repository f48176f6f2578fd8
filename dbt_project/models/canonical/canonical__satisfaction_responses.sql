{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='response_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, response_id, survey_sent_id, ticket_id, resolution_cycle_no, order_id,
    agent_id, responded_at, scale, raw_score, sentiment, resolved_answer, contacts_needed_answer, comment_hash,
    is_latest, superseded_by, subject_system, occurred_at, ingested_at, source_updated_at, is_deleted_in_source,
    row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__satisfaction_responses') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_zendesk__satisfaction_responses') }}

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
    left join {{ ref('stg_landing__satisfaction_responses') }} as landed
        on vendor_rows.tenant_id = landed.tenant_id
        and vendor_rows.source_system = landed.source_system
        and vendor_rows.response_id = landed.response_id
    where vendor_rows.origin_rank = 1 or landed.tenant_id is null

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'response_id']) }} as response_key,
        {{ surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']) }} as ticket_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'survey_sent_id']) }} as survey_key,
        {{ person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id') }} as agent_key,
        {{ surrogate_key(['tenant_id', 'order_id']) }} as order_key,
        tenant_id,
        source_system,
        source_id,
        response_id,
        survey_sent_id,
        ticket_id,
        resolution_cycle_no,
        order_id,
        agent_id,
        responded_at,
        scale,
        raw_score,
        coalesce(sentiment, {{ sentiment_of('scale', 'raw_score') }}) as sentiment,
        resolved_answer,
        contacts_needed_answer,
        comment_hash,
        is_latest,
        superseded_by,
        subject_system,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        {{ run_started_literal() }} as _loaded_at
    from unshadowed

)

select * from keyed
