{{ config(materialized=step()) }}

-- What marketplaces say of an account's health.

select * from {{ ref('canonical__account_health_snapshots') }}
