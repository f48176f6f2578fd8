-- Tickets whose facts this build computes anew.

select ticket_key from {{ ref('canonical__tickets') }}
