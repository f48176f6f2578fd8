{{ config(materialized=step()) }}

-- Costs as booked; `int_costs` has them in the tenant's currency.

select * from {{ ref('canonical__costs') }}
