{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='event_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, event_id, ticket_id, event_type, from_value, to_value, actor_id,
    actor_role, time_precision_s, event_source, reason_code, seq, occurred_at, ingested_at, source_updated_at,
    is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__ticket_events') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_edesk__ticket_events') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_zendesk__ticket_events') }}

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
    left join {{ ref('stg_landing__ticket_events') }} as landed
        on vendor_rows.tenant_id = landed.tenant_id
        and vendor_rows.source_system = landed.source_system
        and vendor_rows.event_id = landed.event_id
    where vendor_rows.origin_rank = 1 or landed.tenant_id is null

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'event_id']) }} as event_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'ticket_id']) }} as ticket_key,
        {{ person_key('tenant_id', 'source_system', "case when actor_role in ('agent', 'bot') then actor_id end") }}
            as actor_agent_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from unshadowed

)

select * from keyed
