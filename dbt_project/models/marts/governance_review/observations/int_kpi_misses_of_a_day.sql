-- Turns without a human answer when their day was over, in both readings of a day, and who had the ticket then (attribution A2
-- with that instant as the due time): the holder, unless the ticket came to them in its last hour; then whoever had it longest.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

dues as (

    select * from {{ ref('int_kpi_day_dues') }}

),

segments as (

    select * from {{ ref('fct_obligation_segments') }}

),

misses as (

    select
        dues.promise,
        dues.obligation_key,
        obligations.state,
        obligations.original_ticket_key,
        dues.due_at
    from dues
    inner join obligations on dues.obligation_key = obligations.obligation_key
    where
        {{ add_seconds('dues.due_at', 1) }} <= {{ as_of_at() }}
        and (obligations.satisfied_at >= {{ add_seconds('dues.due_at', 1) }} or obligations.satisfied_at is null)

),

held as (

    -- bots count as the queue, so does the lag before agents could see the turn, each under its own name
    select
        misses.promise,
        misses.obligation_key,
        segments.segment_no,
        case when segments.holder_class = 'bot' then 'queue' else segments.holder_class end as holder_class,
        case when segments.holder_class in ('agent', 'closed') then segments.agent_key end as agent_key
    from misses
    inner join segments
        on
        misses.obligation_key = segments.obligation_key
        and misses.due_at >= segments.from_at

),

at_due as (

    select
        promise,
        obligation_key,
        {{ max_by('holder_class', 'segment_no') }} as holder_class,
        {{ max_by("coalesce(agent_key, 'unowned')", 'segment_no') }} as agent_key
    from held
    group by promise, obligation_key

),

holding as (

    -- the unbroken holding of the agent who has it at the due instant starts where the last other segment ends
    select
        held.promise,
        held.obligation_key,
        max(
            case when held.holder_class <> 'agent' or coalesce(held.agent_key, 'unowned') <> at_due.agent_key then held.segment_no end
        ) as last_other_segment_no
    from held
    inner join at_due on held.promise = at_due.promise and held.obligation_key = at_due.obligation_key
    group by held.promise, held.obligation_key

),

final as (

    select
        misses.promise,
        misses.obligation_key,
        misses.due_at,
        misses.state,
        at_due.holder_class,
        at_due.agent_key,
        misses.original_ticket_key,
        holding.last_other_segment_no
    from misses
    left join at_due on misses.promise = at_due.promise and misses.obligation_key = at_due.obligation_key
    left join holding on misses.promise = holding.promise and misses.obligation_key = holding.obligation_key

)

select * from final
