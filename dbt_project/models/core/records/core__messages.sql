{{ config(materialized=step()) }}

-- Messages as delivered, before any rule; `fct_messages` is what KPIs count.

select * from {{ ref('canonical__messages') }}
