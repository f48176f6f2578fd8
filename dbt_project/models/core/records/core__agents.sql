{{ config(materialized=step()) }}

-- Agents of every source, each with their source; `dim_agents` describes the persons they are.

select * from {{ ref('canonical__agents') }}
