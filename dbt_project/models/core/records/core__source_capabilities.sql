{{ config(materialized=step()) }}

-- What a source can tell.

select * from {{ ref('canonical__source_capabilities') }}
