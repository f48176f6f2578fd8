{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='message_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, message_id, ticket_id, sent_at, available_at, direction, visibility,
    author_role, author_id, is_automated, macro_id, macro_edit_ratio, message_kind, delivery_status, is_solution,
    no_reply_needed, is_thanks, body_hash, body_chars, deleted_at, deleted_by, call_queue_entered_at,
    call_answered_at, call_ended_at, abandoned_at, occurred_at, ingested_at, source_updated_at,
    is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__messages') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_ebay__messages') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_edesk__messages') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_zendesk__messages') }}

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
    left join {{ ref('stg_landing__messages') }} as landed
        on vendor_rows.tenant_id = landed.tenant_id
        and vendor_rows.source_system = landed.source_system
        and vendor_rows.message_id = landed.message_id
    where vendor_rows.origin_rank = 1 or landed.tenant_id is null

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'message_id']) }} as message_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'ticket_id']) }} as ticket_key,
        {{ person_key('tenant_id', 'source_system', "case when author_role in ('agent', 'bot') then author_id end") }}
            as author_agent_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'macro_id']) }} as macro_key,
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
    from unshadowed

)

select * from keyed
