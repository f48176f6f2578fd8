{{ config(materialized=step()) }}

-- Segments with their seconds in the target's clock, in full (for the segments fact) and up to the breach (for the owner).
-- Grain: measure, segment, layer.

with

segments as (

    select * from {{ ref('int_holder_segments') }}

),

verdicts as (

    select
        verdicts.measure_no,
        verdicts.layer,
        verdicts.verdict,
        verdicts.verdict_us,
        verdicts.anchor_us,
        targets.target_no,
        targets.clock,
        targets.fair_window_s,
        targets.can_pause and verdicts.mode = 'cycle' as can_pause
    from {{ ref('int_measure_verdicts') }} as verdicts
    left join {{ ref('int_targets') }} as targets
        on verdicts.clock_target_no = targets.target_no

),

seconds as (

    select * from {{ ref('int_clock_seconds') }}
    where purpose in ('segment', 'owner')

)

select
    segments.measure_no,
    verdicts.layer,
    segments.from_us,
    segments.to_us,
    segments.holder_class,
    segments.agent_key,
    verdicts.verdict,
    verdicts.verdict_us,
    verdicts.fair_window_s,
    case
        when verdicts.target_no is null then null
        when verdicts.clock = 'business' or verdicts.can_pause then coalesce(whole.open_us, 0)
        else greatest(segments.to_us - greatest(segments.from_us, coalesce(verdicts.anchor_us, segments.from_us)), 0)
    end as clock_us,
    case
        when verdicts.verdict <> 'breached' or segments.from_us >= verdicts.verdict_us then null
        when verdicts.target_no is null
            then least(segments.to_us, verdicts.verdict_us) - segments.from_us
        when verdicts.clock = 'business' or verdicts.can_pause
            then case
                when segments.to_us > verdicts.verdict_us then coalesce(cut.open_us, 0)
                else coalesce(whole.open_us, 0)
            end
        else greatest(
            least(segments.to_us, verdicts.verdict_us)
            - greatest(segments.from_us, coalesce(verdicts.anchor_us, segments.from_us)),
            0
        )
    end as spent_us
from segments
inner join verdicts on segments.measure_no = verdicts.measure_no
left join seconds as whole
    on segments.measure_no = whole.measure_no
    and verdicts.layer = whole.layer
    and segments.from_us = whole.key_us
    and whole.purpose = 'segment'
left join seconds as cut
    on segments.measure_no = cut.measure_no
    and verdicts.layer = cut.layer
    and segments.from_us = cut.key_us
    and cut.purpose = 'owner'
