-- Resolution cycles of root tickets; grain: ticket and cycle. An end that automation undid without the customer writing is void, a
-- reopen that held nothing but waived thank-yous did not happen. Where the source delivers nothing customers say, the first contact
-- of an inbound ticket is its creation.

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

silent_sources as (

    select * from {{ ref('int_silent_sources') }}

),

obligations as (

    select
        obligation_no,
        root_no,
        start_us,
        available_us,
        waiver_reason,
        mode,
        source_id
    from {{ ref('int_obligations') }}
    where root_no is not null and mode <> 'case'

),

roots_of_messages as (

    select
        root_no,
        sent_us,
        is_turn_message,
        is_human_public_reply,
        author_role = 'customer' and is_public and not is_duplicate as is_customer_message
    from {{ ref('int_messages_visible') }}
    where is_public and (author_role = 'customer' or is_human_public_reply)

),

first_facts as (

    select
        root_no,
        start_us
    from obligations
    union all
    select
        root_no,
        sent_us as start_us
    from roots_of_messages
    where is_turn_message
    union all
    -- the customer wrote or called, in words that the source keeps to itself
    select
        tickets.root_no,
        tickets.created_us as start_us
    from tickets
    inner join silent_sources
        on tickets.tenant_id = silent_sources.tenant_id
        and tickets.source_system = silent_sources.source_system
    where tickets.origin = 'inbound'

),

first_contacts as (

    select
        root_no,
        min(start_us) as contact_us
    from first_facts
    group by root_no

),

statuses as (

    select
        events.lane_no as root_no,
        events.at_us,
        events.to_value,
        events.actor_role,
        events.actor_agent_key,
        events.seq,
        events.event_id,
        coalesce(
            lag(events.to_value) over (partition by events.lane_no order by events.at_us, events.seq, events.event_id),
            events.from_value
        ) as was_value
    from {{ ref('int_status_changes') }} as events

),

steps as (

    -- ends and returns alternate; those before the first contact do not count. What a ticket was before the first change that is
    -- told, when that change does not say, was not solved: otherwise nothing would have been done to it.
    select
        statuses.root_no,
        statuses.at_us,
        statuses.seq,
        statuses.event_id,
        statuses.actor_role,
        statuses.actor_agent_key,
        case when statuses.to_value in ('solved', 'closed') then 'end' else 'return' end as step_kind,
        first_contacts.contact_us
    from statuses
    inner join first_contacts
        on statuses.root_no = first_contacts.root_no
        and statuses.at_us >= first_contacts.contact_us
    where
        (
            statuses.to_value in ('solved', 'closed')
            and (statuses.was_value is null or statuses.was_value in ('new', 'open', 'pending', 'on_hold'))
        )
        or statuses.to_value in ('new', 'open', 'pending', 'on_hold')

),

changes as (

    -- of several returns in a row only the first is one
    select *
    from (
        select
            *,
            lag(step_kind) over (partition by root_no order by at_us, seq, event_id) as previous_kind,
            lag(at_us) over (partition by root_no order by at_us, seq, event_id) as previous_us,
            lead(at_us) over (partition by root_no order by at_us, seq, event_id) as next_us,
            lead(step_kind) over (partition by root_no order by at_us, seq, event_id) as next_kind
        from steps
    ) as neighbours
    where step_kind = 'end' or previous_kind = 'end'

),

customer_after as (

    select
        changes.root_no,
        changes.event_id,
        max(case when roots_of_messages.is_customer_message then 1 else 0 end) as has_customer_message
    from changes
    inner join roots_of_messages
        on changes.root_no = roots_of_messages.root_no
        and changes.previous_us < roots_of_messages.sent_us
        and changes.at_us >= roots_of_messages.sent_us
    where changes.step_kind = 'return'
    group by changes.root_no, changes.event_id

),

returns as (

    -- of a silent source nobody can tell whether the customer wrote: somebody unnamed is no automation
    select
        changes.*,
        changes.actor_role in ('agent', 'customer')
        or coalesce(customer_after.has_customer_message, 0) = 1
        or (changes.actor_role = 'unknown' and silent_sources.tenant_id is not null) as is_genuine
    from changes
    inner join tickets on changes.root_no = tickets.ticket_no
    left join silent_sources
        on tickets.tenant_id = silent_sources.tenant_id
        and tickets.source_system = silent_sources.source_system
    left join customer_after
        on changes.root_no = customer_after.root_no
        and changes.event_id = customer_after.event_id
    where changes.step_kind = 'return'

),

void_returns as (

    select
        root_no,
        event_id,
        previous_us
    from returns
    where not is_genuine

),

sound as (

    -- without void pairs the steps alternate again
    select
        changes.root_no,
        changes.at_us,
        changes.seq,
        changes.event_id,
        changes.actor_role,
        changes.actor_agent_key,
        changes.step_kind,
        changes.contact_us
    from changes
    left join void_returns as voids
        on changes.root_no = voids.root_no
        and (
            changes.event_id = voids.event_id
            or (changes.step_kind = 'end' and changes.at_us = voids.previous_us)
        )
    where voids.root_no is null

),

paired as (

    select
        *,
        lag(at_us) over (partition by root_no order by at_us, seq, event_id) as previous_us,
        lead(at_us) over (partition by root_no order by at_us, seq, event_id) as next_us
    from sound

),

reopened_replies as (

    select
        paired.root_no,
        paired.at_us
    from paired
    inner join roots_of_messages
        on paired.root_no = roots_of_messages.root_no
        and paired.previous_us < roots_of_messages.sent_us
        and paired.next_us >= roots_of_messages.sent_us
    where paired.step_kind = 'return' and roots_of_messages.is_human_public_reply
    group by paired.root_no, paired.at_us

),

thanks_only as (

    select
        paired.root_no,
        paired.at_us as return_us,
        paired.next_us
    from paired
    inner join obligations
        on paired.root_no = obligations.root_no
        and paired.previous_us < obligations.start_us
        and paired.next_us >= obligations.start_us
    left join reopened_replies
        on paired.root_no = reopened_replies.root_no
        and paired.at_us = reopened_replies.at_us
    where
        paired.step_kind = 'return'
        and paired.next_us is not null
        and paired.previous_us is not null
        and reopened_replies.root_no is null
    group by paired.root_no, paired.at_us, paired.next_us
    having min(case when obligations.waiver_reason = 'thank_you_rule' then 1 else 0 end) = 1

),

kept as (

    select
        paired.*,
        row_number() over (partition by paired.root_no order by paired.at_us, paired.seq, paired.event_id) as step_no
    from paired
    left join thanks_only
        on paired.root_no = thanks_only.root_no
        and (
            (paired.step_kind = 'return' and paired.at_us = thanks_only.return_us)
            or (paired.step_kind = 'end' and paired.at_us = thanks_only.next_us)
        )
    where thanks_only.root_no is null

),

starts as (

    select
        root_no,
        contact_us as start_us,
        contact_us,
        0 as step_no
    from first_contacts
    union all
    select
        root_no,
        at_us as start_us,
        contact_us,
        step_no
    from kept
    where step_kind = 'return'

),

ends as (

    select * from kept
    where step_kind = 'end'

),

numbered as (

    select
        *,
        row_number() over (partition by root_no order by step_no) as cycle_no,
        lead(start_us) over (partition by root_no order by step_no) as next_start_us,
        lead(step_no) over (partition by root_no order by step_no) as next_step_no
    from starts

),

ended as (

    select
        numbered.root_no,
        numbered.cycle_no,
        numbered.start_us,
        numbered.contact_us,
        numbered.next_start_us,
        ends.at_us as end_us,
        ends.actor_role as ended_by_role,
        ends.actor_agent_key as ended_by_agent_key,
        row_number() over (partition by numbered.root_no, numbered.cycle_no order by ends.step_no) as end_no
    from numbered
    left join ends
        on numbered.root_no = ends.root_no
        and numbered.step_no < ends.step_no
        and (numbered.next_step_no is null or numbered.next_step_no > ends.step_no)

),

first_turns as (

    select
        root_no,
        available_us,
        row_number() over (partition by root_no order by start_us, source_id, obligation_no) as turn_no
    from obligations

)

select
    cast(row_number() over (order by ended.root_no, ended.cycle_no) as integer) as cycle_id,
    tickets.tenant_id,
    tickets.source_system,
    ended.root_no as lane_no,
    tickets.ticket_key,
    tickets.exclusion_reason,
    tickets.created_us,
    cast(ended.cycle_no as integer) as cycle_no,
    ended.next_start_us is null as is_last,
    ended.contact_us,
    ended.start_us,
    case
        when ended.cycle_no = 1 then greatest(ended.start_us, coalesce(first_turns.available_us, ended.start_us))
        else ended.start_us
    end as available_us,
    ended.end_us,
    ended.ended_by_role,
    ended.ended_by_agent_key,
    case
        when ended.next_start_us - ended.end_us <= {{ days_us(30) }} then ended.next_start_us
    end as reopened_us
from ended
inner join tickets on ended.root_no = tickets.ticket_no
left join first_turns
    on ended.root_no = first_turns.root_no
    and first_turns.turn_no = 1
where ended.end_no = 1
