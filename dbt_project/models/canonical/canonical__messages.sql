{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='message_key',
    )
}}

with

unioned as (

    select
        tenant_id,
        source_system,
        source_id,
        message_id,
        ticket_id,
        sent_at,
        available_at,
        direction,
        visibility,
        author_role,
        author_id,
        is_automated,
        macro_id,
        macro_edit_ratio,
        message_kind,
        delivery_status,
        is_solution,
        no_reply_needed,
        is_thanks,
        body_hash,
        body_chars,
        deleted_at,
        deleted_by,
        call_queue_entered_at,
        call_answered_at,
        call_ended_at,
        abandoned_at,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        1 as origin_rank
    from {{ ref('stg_landing__messages') }}

),

changed as (

    select * from unioned
    {% if is_incremental() %}
    where load_id in {{ new_load_ids() }}
    {% endif %}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', "message_id"]) }} as message_key,
        {{ surrogate_key(['tenant_id', 'source_system', "ticket_id"]) }} as ticket_key,
        {{ surrogate_key(['tenant_id', 'source_system', "case when author_role in ('agent', 'bot') then author_id end"]) }} as author_agent_key,
        {{ surrogate_key(['tenant_id', 'source_system', "macro_id"]) }} as macro_key,
        tenant_id,
        source_system,
        source_id,
        message_id,
        ticket_id,
        sent_at,
        coalesce(available_at, sent_at) as available_at,
        direction,
        visibility,
        author_role,
        author_id,
        is_automated,
        macro_id,
        macro_edit_ratio,
        message_kind,
        delivery_status,
        is_solution,
        no_reply_needed,
        is_thanks,
        body_hash,
        body_chars,
        deleted_at,
        deleted_by,
        call_queue_entered_at,
        call_answered_at,
        call_ended_at,
        abandoned_at,
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
