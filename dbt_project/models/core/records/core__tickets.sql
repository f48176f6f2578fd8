{{ config(materialized=step()) }}

-- Tickets as delivered, before any rule; `dim_tickets` is what KPIs count.

select * from {{ ref('canonical__tickets') }}
