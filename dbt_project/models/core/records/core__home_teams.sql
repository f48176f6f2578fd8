{{ config(materialized=step()) }}

-- Home team of an agent over time, one at a time.

select * from {{ ref('int_agent_home_teams') }}
