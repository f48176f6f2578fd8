{{ config(materialized=step()) }}

-- Targets of KPIs.

select * from {{ ref('canonical__kpi_targets') }}
