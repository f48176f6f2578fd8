{{ config(materialized=step()) }}

-- Customers by hash.

select * from {{ ref('canonical__customers') }}
