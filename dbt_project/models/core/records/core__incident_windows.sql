{{ config(materialized=step()) }}

-- Outages and other windows in which nobody is to blame.

select * from {{ ref('canonical__incident_windows') }}
