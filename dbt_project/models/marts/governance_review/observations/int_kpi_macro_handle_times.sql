{{ config(access='protected') }}

-- Resolved tickets with a handle time and a reason, once for each macro used in them up to the resolution, else once without any.

with

tickets as (

    select * from {{ ref('int_ticket_handle_times') }}
    where
        has_session
        and reason_name is not null

),

uses as (

    select distinct
        tickets.ticket_key,
        coalesce(macros.macro_id, 'unknown') as macro_id
    from tickets
    inner join {{ ref('fct_messages') }} as messages
        on
        tickets.ticket_key = messages.ticket_key
        and tickets.resolved_at >= messages.sent_at
    left join {{ ref('dim_macros') }} as macros on messages.macro_key = macros.macro_key
    where
        messages.is_human_public_reply
        and messages.macro_key is not null

)

select
    tickets.*,
    uses.macro_id,
    -- one row of the ticket stands for it where macros do not matter
    row_number() over (partition by tickets.ticket_key order by uses.macro_id) = 1 as is_ticket
from tickets
left join uses on tickets.ticket_key = uses.ticket_key
where {{ kpi_is_seen('tickets.ticket_key', 'macro_aht_delta') }}
