{{ config(materialized=step()) }}

-- Which role answers for a KPI.

select * from {{ ref('canonical__kpi_accountability') }}
