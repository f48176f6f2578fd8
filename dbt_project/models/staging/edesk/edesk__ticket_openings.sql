-- What the timeline tells of a ticket as a whole: who wrote first, which items are read, the newest load of any. Grain: ticket.

with

items as (

    select * from {{ ref('stg_edesk__messages') }}

),

kinds as (

    select
        word as item_type,
        meaning as reads_as
    from {{ ref('seed_edesk_words') }}
    where subject = 'item_type' and tenant_id = '*'

),

final as (

    select
        items.tenant_id,
        items.ticket_id,
        count(*) as items_read,
        max(items.load_id) as load_id,
        {{ min_by(
            "case
                when kinds.reads_as in ('automatic', 'bot') then 'bot'
                when items.direction = 'Incoming' then 'customer'
                else 'agent'
            end",
            "case when kinds.reads_as in ('message', 'note', 'review', 'automatic', 'bot') then items.created_at end"
        ) }} as written_first_by
    from items
    left join kinds on items.item_type = kinds.item_type
    group by items.tenant_id, items.ticket_id

)

select * from final
