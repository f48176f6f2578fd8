-- Who held an obligation or a resolution cycle when: sync lag until the helpdesk could show it, then queue, agent or bot by assignee, closed while an
-- agent's close stands. Grain: measure and segment; the segments cover start to end (or as_of) without gap.

with

measures as (

    select
        measure_no,
        mode,
        lane_no,
        source_key,
        start_us,
        least(available_us, held_until_us) as available_us,
        held_until_us
    from {{ ref('int_measures') }}

),

closed as (

    select
        measures.measure_no,
        greatest(closes.agent_closed_us, measures.available_us) as from_us,
        least(closes.cleared_us, measures.held_until_us) as to_us,
        closes.closer_agent_key
    from {{ ref('int_turn_closes') }} as closes
    inner join measures
        on closes.start_message_key = measures.source_key
        and measures.mode = 'turn'
    where
        closes.agent_closed_us is not null
        and greatest(closes.agent_closed_us, measures.available_us) < least(closes.cleared_us, measures.held_until_us)

),

gaps as (

    -- what lies between the closed stretches
    select
        measure_no,
        coalesce(lag(to_us) over (partition by measure_no order by from_us), 0) as from_us,
        from_us as to_us
    from closed
    union all
    select
        measure_no,
        max(to_us) as from_us,
        {{ far_us() }} as to_us
    from closed
    group by measure_no

),

assigned as (

    select
        measures.measure_no,
        case
            when states.value is null or measures.mode = 'live' then 'queue'
            when agents.is_bot then 'bot'
            else 'agent'
        end as holder_class,
        case when measures.mode <> 'live' and not coalesce(agents.is_bot, false) then states.value end as agent_key,
        greatest(states.from_us, measures.available_us) as from_us,
        least(states.to_us, measures.held_until_us) as to_us
    from measures
    inner join {{ ref('int_lane_states') }} as states
        on measures.lane_no = states.lane_no
        and states.attribute = 'assignee'
        and states.from_us < measures.held_until_us
        and states.to_us > measures.available_us
    left join {{ ref('int_persons') }} as agents on states.value = agents.agent_key

),

pieces as (

    select
        assigned.measure_no,
        assigned.holder_class,
        assigned.agent_key,
        greatest(assigned.from_us, coalesce(gaps.from_us, 0)) as from_us,
        least(assigned.to_us, coalesce(gaps.to_us, {{ far_us() }})) as to_us
    from assigned
    left join gaps on assigned.measure_no = gaps.measure_no
    union all
    select
        measure_no,
        'closed' as holder_class,
        closer_agent_key as agent_key,
        from_us,
        to_us
    from closed
    union all
    select
        measure_no,
        'sync_lag' as holder_class,
        cast(null as {{ dbt.type_string() }}) as agent_key,
        start_us as from_us,
        available_us as to_us
    from measures
    union all
    select
        measure_no,
        'queue' as holder_class,
        cast(null as {{ dbt.type_string() }}) as agent_key,
        available_us as from_us,
        held_until_us as to_us
    from measures
    where lane_no < 0

)

select
    measure_no,
    holder_class,
    agent_key,
    from_us,
    to_us
from pieces
where from_us < to_us
