{{ config(access='protected', materialized=step()) }}

-- Tickets whose source does not tell what some KPI needs (int_kpi_source_gaps). Grain: ticket; empty where all sources tell the same.

with

sources as (

    select distinct
        tenant_id,
        source_system
    from {{ ref('int_kpi_source_gaps') }}

)

select
    tickets.ticket_key,
    tickets.tenant_id,
    tickets.source_system
from {{ ref('dim_tickets') }} as tickets
inner join sources
    on
    tickets.tenant_id = sources.tenant_id
    and tickets.source_system = sources.source_system
