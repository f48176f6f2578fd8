{{ config(materialized=step()) }}

-- Open windows of calendars with the open time before each.

select * from {{ ref('int_calendar_windows') }}
