{{ config(materialized=step()) }}

-- Calendars with their zone.

select * from {{ ref('int_calendars') }}
