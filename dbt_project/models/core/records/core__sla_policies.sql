{{ config(materialized=step()) }}

-- Policies of promises in all their versions.

select * from {{ ref('canonical__sla_policies') }}
