{{ config(access='protected', materialized=step()) }}

-- Tickets whose source does not tell what a KPI needs (int_kpi_source_gaps): what is known of them is a part, and is not counted.
-- Grain: ticket and KPI; empty where all sources tell the same.

select
    tickets.ticket_key,
    gaps.kpi_id
from {{ ref('int_kpi_partial_tickets') }} as tickets
inner join {{ ref('int_kpi_source_gaps') }} as gaps
    on
    tickets.tenant_id = gaps.tenant_id
    and tickets.source_system = gaps.source_system
