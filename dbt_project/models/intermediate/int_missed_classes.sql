-- The class of §3.7 that every answered or missed contact falls into, whatever the channel's policy is, so that another policy can be
-- shown beside it. Grain: obligation and layer.

with

verdicts as (

    select
        verdicts.measure_no,
        verdicts.layer,
        verdicts.verdict,
        verdicts.verdict_exclusion,
        verdicts.state,
        targets.target_no,
        targets.clock,
        targets.target_seconds,
        obligations.missed_us,
        obligations.recovered_us
    from {{ ref('int_measure_verdicts') }} as verdicts
    inner join {{ ref('int_obligations') }} as obligations on verdicts.measure_no = obligations.obligation_no
    left join {{ ref('int_targets') }} as targets
        on coalesce(verdicts.target_no, verdicts.last_target_no) = targets.target_no

),

recoveries as (

    select * from {{ ref('int_clock_seconds') }} where purpose = 'recovery'

)

select
    verdicts.measure_no,
    verdicts.layer,
    case
        when verdicts.state = 'answered' and verdicts.verdict = 'met' then 'met_answered'
        when verdicts.state = 'answered' and verdicts.verdict = 'breached' then 'late_answered'
        when verdicts.state = 'closed_unanswered' and verdicts.verdict = 'breached' then 'missed_never'
        when verdicts.state <> 'missed' then null
        when verdicts.verdict not in ('met', 'breached') and coalesce(verdicts.verdict_exclusion, '') <> 'missed_policy' then null
        when verdicts.target_no is null then null
        when verdicts.recovered_us is null then 'missed_never'
        when verdicts.clock = 'business' and recoveries.open_us >= verdicts.target_seconds * 1000000 then 'missed_recovered_late'
        when
            verdicts.clock = 'calendar'
            and verdicts.recovered_us - verdicts.missed_us >= (verdicts.target_seconds + 1) * 1000000
            then 'missed_recovered_late'
        else 'missed_recovered_in_target'
    end as missed_class
from verdicts
left join recoveries
    on verdicts.measure_no = recoveries.measure_no
    and verdicts.layer = recoveries.layer
