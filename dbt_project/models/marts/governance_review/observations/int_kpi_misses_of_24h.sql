{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Turns without a human answer 24 calendar hours after their start, and who had the ticket then (attribution A2 with
-- that instant as the due time): the holder, unless the ticket came to them in its last hour; then whoever had it longest.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

segments as (

    select * from {{ ref('fct_obligation_segments') }}

),

misses as (

    select
        obligation_key,
        state,
        original_ticket_key,
        {{ add_seconds('started_at', 86400) }} as due_at
    from obligations
    where
        kind in ('first', 'next')
        and state in ('answered', 'open', 'closed_unanswered', 'missed')
        and coalesce(exclusion_reason, 'none') <> 'missed_policy'
        and coalesce(elapsed_cal_s, 86401) > 86400
        and {{ add_seconds('started_at', 86401) }} <= {{ as_of_at() }}

),

held as (

    -- bots count as the queue, so does the lag before agents could see the turn, each under its own name
    select
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
        obligation_key,
        {{ max_by('holder_class', 'segment_no') }} as holder_class,
        {{ max_by("coalesce(agent_key, 'unowned')", 'segment_no') }} as agent_key
    from held
    group by obligation_key

),

holding as (

    -- the unbroken holding of the agent who has it at the due instant starts where the last other segment ends
    select
        held.obligation_key,
        max(
            case when held.holder_class <> 'agent' or coalesce(held.agent_key, 'unowned') <> at_due.agent_key then held.segment_no end
        ) as last_other_segment_no
    from held
    inner join at_due on held.obligation_key = at_due.obligation_key
    group by held.obligation_key

),

final as (

    select
        misses.obligation_key,
        misses.due_at,
        misses.state,
        at_due.holder_class,
        at_due.agent_key,
        misses.original_ticket_key,
        holding.last_other_segment_no
    from misses
    left join at_due on misses.obligation_key = at_due.obligation_key
    left join holding on misses.obligation_key = holding.obligation_key

)

select * from final
