{{ config(materialized=step()) }}

-- Who held which role from when to when.

select * from {{ ref('canonical__agent_role_history') }}
