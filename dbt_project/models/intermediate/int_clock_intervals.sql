{{ config(materialized=step()) }}
-- Intervals whose open time somebody needs, other than plain elapsed time; grain: interval (measure, purpose, layer, from).
-- A null calendar means that of the ticket's team at each instant; pause_target_no names the target whose pauses apply.

with

measures as (

    select * from {{ ref('int_measures') }}

),

verdicts as (

    select
        verdicts.*,
        targets.clock,
        targets.calendar_id,
        case when targets.can_pause and verdicts.mode = 'cycle' then targets.target_no end as pause_target_no
    from {{ ref('int_measure_verdicts') }} as verdicts
    left join {{ ref('int_targets') }} as targets
        on verdicts.clock_target_no = targets.target_no

),

internal as (

    select
        verdicts.measure_no,
        targets.calendar_id
    from {{ ref('int_measure_verdicts') }} as verdicts
    left join {{ ref('int_targets') }} as targets on verdicts.target_no = targets.target_no
    where verdicts.layer = 'internal'

),

answered as (

    select
        obligation_no as measure_no,
        start_us,
        least(available_us, end_us) as available_us,
        end_us
    from {{ ref('int_obligations') }}
    where state = 'answered' or (is_out and end_kind in ('reply', 'solve'))

),

spans as (

    select
        measure_no,
        'elapsed' as purpose,
        start_us as from_us,
        end_us as to_us
    from answered
    union all
    select
        measure_no,
        'reaction' as purpose,
        available_us as from_us,
        end_us as to_us
    from answered
    where available_us > start_us
    union all
    select
        1000000000 + cycle_id as measure_no,
        'elapsed' as purpose,
        contact_us as from_us,
        end_us as to_us
    from {{ ref('int_cycles') }}
    where end_us is not null

)

select
    spans.measure_no,
    spans.purpose,
    'internal' as layer,
    measures.tenant_id,
    measures.lane_no,
    'business' as clock,
    internal.calendar_id,
    cast(null as integer) as pause_target_no,
    spans.from_us as key_us,
    spans.from_us,
    spans.to_us
from spans
inner join measures on spans.measure_no = measures.measure_no
left join internal on spans.measure_no = internal.measure_no
union all
select
    segments.measure_no,
    'segment' as purpose,
    verdicts.layer,
    measures.tenant_id,
    measures.lane_no,
    verdicts.clock,
    verdicts.calendar_id,
    verdicts.pause_target_no,
    segments.from_us as key_us,
    greatest(segments.from_us, coalesce(verdicts.anchor_us, measures.start_us)) as from_us,
    segments.to_us
from {{ ref('int_holder_segments') }} as segments
inner join verdicts
    on segments.measure_no = verdicts.measure_no
    and (verdicts.clock = 'business' or verdicts.pause_target_no is not null)
inner join measures on segments.measure_no = measures.measure_no
where greatest(segments.from_us, coalesce(verdicts.anchor_us, measures.start_us)) < segments.to_us
union all
select
    segments.measure_no,
    'owner' as purpose,
    verdicts.layer,
    measures.tenant_id,
    measures.lane_no,
    verdicts.clock,
    verdicts.calendar_id,
    verdicts.pause_target_no,
    segments.from_us as key_us,
    greatest(segments.from_us, coalesce(verdicts.anchor_us, measures.start_us)) as from_us,
    least(segments.to_us, verdicts.verdict_us) as to_us
from {{ ref('int_holder_segments') }} as segments
inner join verdicts
    on segments.measure_no = verdicts.measure_no
    and verdicts.verdict = 'breached'
    and (verdicts.clock = 'business' or verdicts.pause_target_no is not null)
    and segments.to_us > verdicts.verdict_us
inner join measures on segments.measure_no = measures.measure_no
where greatest(segments.from_us, coalesce(verdicts.anchor_us, measures.start_us)) < verdicts.verdict_us
union all
select
    verdicts.measure_no,
    'recovery' as purpose,
    verdicts.layer,
    measures.tenant_id,
    measures.lane_no,
    verdicts.clock,
    verdicts.calendar_id,
    cast(null as integer) as pause_target_no,
    obligations.missed_us as key_us,
    obligations.missed_us as from_us,
    greatest(obligations.recovered_us - 1000000, obligations.missed_us) as to_us
from verdicts
inner join measures on verdicts.measure_no = measures.measure_no
inner join {{ ref('int_obligations') }} as obligations on verdicts.measure_no = obligations.obligation_no
where obligations.recovered_us is not null and verdicts.clock = 'business'
union all
select
    verdicts.measure_no,
    'overrun' as purpose,
    verdicts.layer,
    measures.tenant_id,
    measures.lane_no,
    verdicts.clock,
    verdicts.calendar_id,
    verdicts.pause_target_no,
    verdicts.due_us as key_us,
    verdicts.due_us as from_us,
    verdicts.until_us as to_us
from verdicts
inner join measures on verdicts.measure_no = measures.measure_no
where
    verdicts.verdict = 'breached'
    and verdicts.due_us < verdicts.until_us
    and (verdicts.clock = 'business' or verdicts.pause_target_no is not null)
union all
select
    overlapping.obligation_no as measure_no,
    'hold' as purpose,
    'internal' as layer,
    overlapping.tenant_id,
    overlapping.lane_no,
    'business' as clock,
    overlapping.calendar_id,
    cast(null as integer) as pause_target_no,
    overlapping.begin_us as key_us,
    overlapping.begin_us as from_us,
    overlapping.finish_us as to_us
from {{ ref('int_assignment_overlaps') }} as overlapping
where overlapping.clock = 'business'
union all
select
    2000000000 + replies.assignment_no as measure_no,
    'turnaround' as purpose,
    'internal' as layer,
    replies.tenant_id,
    0 as lane_no,
    'business' as clock,
    replies.calendar_id,
    cast(null as integer) as pause_target_no,
    replies.tat_from_us as key_us,
    replies.tat_from_us as from_us,
    replies.answered_us as to_us
from {{ ref('int_assignment_replies') }} as replies
where replies.calendar_id is not null
