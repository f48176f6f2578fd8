{{ config(materialized=step()) }}

-- Channels with where they are known from; `dim_channels` describes them.

select * from {{ ref('canonical__channels') }}
