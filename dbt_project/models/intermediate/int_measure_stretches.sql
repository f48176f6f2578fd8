-- Which target was in force for a measure from when on; grain: measure, layer, stretch. target_no is null where no target applied.

with

measures as (

    select
        measure_no,
        lane_no,
        metric,
        start_us,
        until_us
    from {{ ref('int_measures') }}

),

-- Materialized: joined with all targets first, every measure would meet hundreds of them before its lane drops most.
in_context as materialized (

    select
        measures.measure_no,
        measures.metric,
        measures.start_us,
        measures.until_us,
        contexts.context_key,
        contexts.calendar_id,
        contexts.from_us,
        contexts.to_us
    from measures
    inner join {{ ref('int_lane_contexts') }} as contexts
        on measures.lane_no = contexts.lane_no
        and measures.until_us >= contexts.from_us
        and measures.start_us < contexts.to_us

),

spans as (

    select
        in_context.measure_no,
        in_context.until_us,
        context_targets.layer,
        context_targets.target_no,
        case when targets.clock <> 'calendar' and targets.calendar_id is null then in_context.calendar_id end as team_calendar_id,
        greatest(in_context.start_us, in_context.from_us, context_targets.from_us) as from_us
    from in_context
    inner join {{ ref('int_context_targets') }} as context_targets
        on in_context.context_key = context_targets.context_key
        and in_context.metric = context_targets.metric
        and in_context.until_us >= context_targets.from_us
        and in_context.start_us < context_targets.to_us
        and in_context.to_us > context_targets.from_us
        and in_context.from_us < context_targets.to_us
    left join {{ ref('int_targets') }} as targets on context_targets.target_no = targets.target_no

),

compared as (

    select
        *,
        lag(target_no) over (partition by measure_no, layer order by from_us) as previous_target_no,
        lag(team_calendar_id) over (partition by measure_no, layer order by from_us) as previous_calendar_id,
        row_number() over (partition by measure_no, layer order by from_us) as span_no
    from spans

)

select
    measure_no,
    layer,
    from_us,
    until_us,
    target_no,
    team_calendar_id,
    coalesce(lead(from_us) over (partition by measure_no, layer order by from_us), until_us) as limit_us
from compared
where
    span_no = 1
    or target_no is distinct from previous_target_no
    or team_calendar_id is distinct from previous_calendar_id
