{{ config(materialized=step()) }}

-- Weekly opening hours of calendars.

select * from {{ ref('canonical__calendar_hours') }}
