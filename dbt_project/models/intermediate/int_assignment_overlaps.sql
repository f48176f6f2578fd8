-- How long a turn lay open while an agent was assigned, and in which clock that is measured: the internal target's, else the
-- marketplace's, else plain time. Grain: assignment and turn.

with

assignments as (

    select * from {{ ref('int_assignments') }}

),

overlapping as (

    select
        assignments.assignment_no,
        turns.obligation_no,
        turns.tenant_id,
        turns.lane_no,
        greatest(assignments.from_us, turns.start_us) as begin_us,
        least(coalesce(assignments.to_us, {{ as_of_us() }}), turns.over_us) as finish_us,
        turns.over_us > coalesce(assignments.to_us, {{ as_of_us() }}) as is_waiting
    from assignments
    inner join {{ ref('int_turn_holders') }} as turns
        on assignments.ticket_no = turns.holder_no
        and assignments.from_us < turns.over_us
        and turns.state <> 'excluded'
        and turns.start_us < coalesce(assignments.to_us, {{ as_of_us() }})
        and greatest(assignments.from_us, turns.start_us) >= turns.from_us
        and greatest(assignments.from_us, turns.start_us) < turns.to_us

)

select
    overlapping.assignment_no,
    overlapping.obligation_no,
    overlapping.tenant_id,
    overlapping.lane_no,
    overlapping.begin_us,
    overlapping.finish_us,
    overlapping.is_waiting,
    targets.clock,
    targets.calendar_id
from overlapping
inner join {{ ref('int_measure_verdicts') }} as internal
    on overlapping.obligation_no = internal.measure_no
    and internal.layer = 'internal'
inner join {{ ref('int_measure_verdicts') }} as marketplace
    on overlapping.obligation_no = marketplace.measure_no
    and marketplace.layer = 'marketplace'
left join {{ ref('int_targets') }} as targets
    on coalesce(internal.target_no, marketplace.target_no) = targets.target_no
where overlapping.finish_us - overlapping.begin_us >= {{ hours_us(1) }}
