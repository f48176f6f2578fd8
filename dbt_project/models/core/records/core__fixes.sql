{{ config(materialized=step()) }}

-- What was done about root causes.

select * from {{ ref('canonical__fixes') }}
