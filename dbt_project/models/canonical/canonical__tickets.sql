{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='ticket_key',
    )
}}

{% set columns %}
    tenant_id, source_system, source_id, ticket_id, created_at, created_by_role, origin, channel_id,
    marketplace_account_id, order_id, customer_ref, subject_hash, language, status, priority, assignee_id, team_id,
    primary_reason_tag_id, tag_ids, merged_into_ticket_id, split_from_ticket_id, follow_up_of_ticket_id, issue_key,
    due_by_source, is_test, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id,
    unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 1 as origin_rank from {{ ref('stg_landing__tickets') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_ebay__tickets') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_edesk__tickets') }}
    union all
    select {{ columns }}, 2 as origin_rank from {{ ref('map_zendesk__tickets') }}

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
    left join {{ ref('stg_landing__tickets') }} as landed
        on vendor_rows.tenant_id = landed.tenant_id
        and vendor_rows.source_system = landed.source_system
        and vendor_rows.ticket_id = landed.ticket_id
    where vendor_rows.origin_rank = 1 or landed.tenant_id is null

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'ticket_id']) }} as ticket_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'channel_id']) }} as channel_key,
        {{ person_key('tenant_id', 'source_system', 'assignee_id') }} as assignee_agent_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'team_id']) }} as team_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'customer_ref']) }} as customer_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'primary_reason_tag_id']) }} as primary_reason_tag_key,
        {{ surrogate_key(['tenant_id', 'marketplace_account_id']) }} as marketplace_account_key,
        {{ surrogate_key(['tenant_id', 'order_id']) }} as order_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'merged_into_ticket_id']) }} as merged_into_ticket_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'split_from_ticket_id']) }} as split_from_ticket_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'follow_up_of_ticket_id']) }} as follow_up_of_ticket_key,
        {{ columns }},
        {{ run_started_literal() }} as _loaded_at
    from unshadowed

)

select * from keyed
