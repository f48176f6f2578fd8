{{ config(materialized=step()) }}

-- Events that a seller expects to move volumes.

select * from {{ ref('canonical__event_calendar') }}
