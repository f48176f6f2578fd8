{{ config(materialized=step()) }}

-- Calendars by which teams work.

select * from {{ ref('canonical__business_calendars') }}
