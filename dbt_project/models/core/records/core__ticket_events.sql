{{ config(materialized=step()) }}

-- Changes of tickets as delivered, before any rule; `fct_ticket_events` is what KPIs count.

select * from {{ ref('canonical__ticket_events') }}
