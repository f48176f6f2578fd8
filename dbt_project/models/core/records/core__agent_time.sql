{{ config(materialized=step()) }}

-- Time of persons as recorded; `int_agent_time` counts every second once.

select * from {{ ref('canonical__agent_time') }}
