{{ config(materialized=step()) }}

-- What policies promise.

select * from {{ ref('canonical__sla_targets') }}
