{{ config(materialized=step()) }}

-- Which root cause a reason points at.

select * from {{ ref('canonical__root_cause_map') }}
