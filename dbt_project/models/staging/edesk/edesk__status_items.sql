-- Changes of status that the timeline tells with their time and, mostly, their author; grain: item. `from_word` is the word before, of a
-- status that a ticket works in `from_status`.

with

told as (

    select * from {{ ref('stg_edesk__messages') }}
    where status_word is not null

)

select
    *,
    coalesce(lag(status_word) over (partition by tenant_id, ticket_id order by created_at, item_id), 'Open') as from_word
from told
