{{ config(materialized=step()) }}

-- Status, holder, team and priority of a ticket over time.

select * from {{ ref('int_ticket_states') }}
