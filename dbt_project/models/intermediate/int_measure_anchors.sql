{{ config(materialized=step()) }}

-- Stretches with the instant from which the target's clock runs (null = not yet); grain: measure, layer, stretch with a target.

with

measures as (

    select * from {{ ref('int_measures') }}

),

first_holders as (

    select
        measure_no,
        min(from_us) as assigned_us
    from {{ ref('int_holder_segments') }}
    where holder_class = 'agent'
    group by measure_no

),

stretches as (

    select
        stretches.*,
        targets.clock,
        targets.clock_start,
        targets.calendar_id,
        targets.can_pause,
        targets.target_seconds,
        targets.target_business_days
    from {{ ref('int_measure_stretches') }} as stretches
    inner join {{ ref('int_targets') }} as targets on stretches.target_no = targets.target_no

),

holders_at_end as (

    -- an assignment at the very instant of the reply leaves no segment behind
    select distinct stretches.measure_no
    from stretches
    inner join measures on stretches.measure_no = measures.measure_no
    inner join {{ ref('int_lane_states') }} as states
        on measures.lane_no = states.lane_no
        and states.attribute = 'assignee'
        and measures.until_us >= states.from_us
        and measures.until_us < states.to_us
    left join {{ ref('int_persons') }} as agents on states.value = agents.agent_key
    where
        stretches.clock_start = 'assigned'
        and states.value is not null
        and not coalesce(agents.is_bot, false)
        and measures.mode <> 'live'
        and measures.is_answered

)

select
    stretches.measure_no,
    stretches.layer,
    stretches.from_us,
    stretches.target_no,
    measures.tenant_id,
    measures.lane_no,
    measures.until_us,
    stretches.clock,
    coalesce(stretches.calendar_id, stretches.team_calendar_id) as calendar_id,
    stretches.calendar_id is not null as is_fixed_calendar,
    stretches.can_pause and measures.mode = 'cycle' as can_pause,
    stretches.target_seconds * 1000000 as target_us,
    stretches.target_business_days,
    case
        when measures.missed_anchor_us is not null then measures.missed_anchor_us
        when stretches.clock_start in ('available', 'queue_entered') then measures.available_us
        when stretches.clock_start = 'ticket_created' and measures.is_first then measures.created_us
        when stretches.clock_start = 'assigned'
            then coalesce(
                first_holders.assigned_us,
                case when holders_at_end.measure_no is not null then measures.until_us end
            )
        else measures.start_us
    end as anchor_us
from stretches
inner join measures on stretches.measure_no = measures.measure_no
left join first_holders
    on stretches.measure_no = first_holders.measure_no
    and stretches.clock_start = 'assigned'
left join holders_at_end on stretches.measure_no = holders_at_end.measure_no
