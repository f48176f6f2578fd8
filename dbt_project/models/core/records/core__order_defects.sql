{{ config(materialized=step()) }}

-- Claims, requests and defects of orders.

select * from {{ ref('canonical__order_defects') }}
