{{ config(materialized=step()) }}

-- Actions that a sheet tells of.

select * from {{ ref('canonical__actions') }}
