{{ config(materialized=step()) }}

-- Days on which a calendar differs from its week.

select * from {{ ref('canonical__calendar_exceptions') }}
