-- Stretches during which one agent (no bot) was assignee of an original ticket that was not solved or closed; grain: stretch.
-- A ticket assigned and solved by one update, also by the one that created it, leaves a stretch of 0 s.

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

own_states as (

    select
        tickets.ticket_no,
        states.attribute,
        states.value,
        case
            when states.span_no = 0 then cast({{ dawn_us() }} as bigint)
            else {{ epoch_us('states.from_at') }}
        end as from_us,
        least(coalesce({{ epoch_us('states.to_at') }}, {{ far_us() }}), coalesce(tickets.merged_us, {{ far_us() }})) as to_us
    from {{ ref('int_ticket_states') }} as states
    inner join tickets on states.ticket_key = tickets.ticket_key
    where states.attribute in ('assignee', 'status')

),

holdings as (

    -- the same agent again is no new assignment
    select
        ticket_no,
        case when agent_key <> '' then agent_key end as agent_key,
        from_us,
        coalesce(lead(from_us) over (partition by ticket_no order by from_us), max_to_us) as to_us
    from (
        select
            own_states.ticket_no,
            case when agents.is_bot then '' else coalesce(own_states.value, '') end as agent_key,
            own_states.from_us,
            lag(case when agents.is_bot then '' else coalesce(own_states.value, '') end) over (
                partition by own_states.ticket_no
                order by own_states.from_us
            ) as previous_key,
            max(own_states.to_us) over (partition by own_states.ticket_no) as max_to_us
        from own_states
        left join {{ ref('int_persons') }} as agents on own_states.value = agents.agent_key
        where own_states.attribute = 'assignee' and own_states.from_us < own_states.to_us
    ) as assigned
    where previous_key is null or previous_key <> agent_key

),

runs as (

    -- standing solved or not, whatever the status is called
    select
        ticket_no,
        is_done,
        from_us,
        coalesce(lead(from_us) over (partition by ticket_no order by from_us), {{ far_us() }}) as to_us
    from (
        select
            ticket_no,
            coalesce(value in ('solved', 'closed'), false) as is_done,
            from_us,
            lag(coalesce(value in ('solved', 'closed'), false)) over (partition by ticket_no order by from_us) as was_done
        from own_states
        where attribute = 'status' and from_us < to_us
    ) as statuses
    where was_done is null or was_done <> is_done

),

held as (

    select
        holdings.ticket_no,
        holdings.agent_key,
        holdings.from_us as assigned_us,
        holdings.to_us as released_us,
        runs.is_done,
        greatest(holdings.from_us, runs.from_us, tickets.created_us) as from_us,
        least(holdings.to_us, runs.to_us) as to_us,
        runs.from_us as run_from_us,
        tickets.created_us,
        tickets.merged_us
    from holdings
    inner join tickets on holdings.ticket_no = tickets.ticket_no
    inner join runs
        on holdings.ticket_no = runs.ticket_no
        and holdings.to_us > runs.from_us
        and holdings.from_us < runs.to_us
    where holdings.agent_key is not null and tickets.created_us < coalesce(tickets.merged_us, {{ far_us() }})

),

stretches as (

    select
        ticket_no,
        agent_key,
        from_us,
        case when to_us < {{ far_us() }} then to_us end as to_us,
        case
            when to_us = {{ far_us() }} then 'open'
            when to_us = merged_us then 'merged'
            when to_us = released_us then 'reassignment'
            else 'solved'
        end as ended_by
    from held
    where not is_done and from_us < to_us
    union all
    select
        ticket_no,
        agent_key,
        run_from_us as from_us,
        run_from_us as to_us,
        'solved' as ended_by
    from held
    where
        is_done
        -- whoever had the ticket before it was created got it at its creation
        and greatest(assigned_us, created_us) = run_from_us

)

select
    cast(row_number() over (order by ticket_no, from_us, agent_key) as integer) as assignment_no,
    ticket_no,
    agent_key,
    from_us,
    to_us,
    ended_by
from stretches
