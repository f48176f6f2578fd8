{{ config(materialized='view') }}

-- What helpdesks say about their own tickets, for reconciliation only: no KPI is made from it.

with

final as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'ticket_id']) }} as ticket_key,
        tenant_id,
        source_system,
        ticket_id,
        started_at,
        first_replied_at,
        load_id
    from {{ ref('zendesk__tool_measures') }}

)

select * from final
