{{ config(materialized=step()) }}

-- What a missed contact of a channel counts as, and when.

select * from {{ ref('canonical__channel_policy') }}
