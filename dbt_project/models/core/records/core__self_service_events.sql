{{ config(materialized=step()) }}

-- Visits and searches of the help pages.

select * from {{ ref('canonical__self_service_events') }}
