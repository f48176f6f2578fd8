{{ config(materialized=step()) }}

-- Macros in all their versions; `dim_macros` has the latest.

select * from {{ ref('canonical__macros') }}
