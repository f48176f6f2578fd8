-- On which original tickets ("lanes") a fact of a ticket counts, and when: what happens on a ticket of a merge group counts
-- for every lane that has the same holder at that instant. Only tickets of merge groups; grain: lane, ticket, holder.

with

holders as (

    select
        tickets.ticket_no,
        holders.ticket_no as holder_no,
        lineage.from_us,
        lineage.to_us
    from {{ ref('int_merge_lineage') }} as lineage
    inner join {{ ref('int_tickets_visible') }} as tickets on lineage.ticket_key = tickets.ticket_key
    inner join {{ ref('int_tickets_visible') }} as holders on lineage.holder_key = holders.ticket_key

)

select
    lanes.ticket_no as lane_no,
    tickets.ticket_no,
    lanes.holder_no,
    tickets.ticket_no = lanes.holder_no as is_holder,
    greatest(lanes.from_us, tickets.from_us) as from_us,
    least(lanes.to_us, tickets.to_us) as to_us
from holders as lanes
inner join holders as tickets on lanes.holder_no = tickets.holder_no
where greatest(lanes.from_us, tickets.from_us) < least(lanes.to_us, tickets.to_us)
