{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='response_key',
    )
}}

with

unioned as (

    select
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
        sentiment,
        resolved_answer,
        contacts_needed_answer,
        comment_hash,
        is_latest,
        superseded_by,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        1 as origin_rank
    from {{ ref('stg_landing__satisfaction_responses') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', "response_id"]) }} as response_key,
        {{ surrogate_key(['tenant_id', 'source_system', "ticket_id"]) }} as ticket_key,
        {{ surrogate_key(['tenant_id', 'source_system', "survey_sent_id"]) }} as survey_key,
        {{ surrogate_key(['tenant_id', 'source_system', "agent_id"]) }} as agent_key,
        {{ surrogate_key(['tenant_id', "order_id"]) }} as order_key,
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
