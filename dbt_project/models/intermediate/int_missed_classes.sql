{{ config(materialized=step()) }}

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
        targets.target_business_days,
        obligations.tenant_id,
        coalesce(targets.calendar_id, spans.calendar_id) as calendar_id,
        obligations.missed_us,
        obligations.recovered_us
    from {{ ref('int_measure_verdicts') }} as verdicts
    inner join {{ ref('int_obligations') }} as obligations on verdicts.measure_no = obligations.obligation_no
    left join {{ ref('int_targets') }} as targets
        on verdicts.clock_target_no = targets.target_no
    left join {{ ref('int_lane_calendars') }} as spans
        on obligations.lane_no = spans.lane_no
        and obligations.missed_us >= spans.from_us
        and obligations.missed_us < spans.to_us

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

due_days as (

    select
        missed.measure_no,
        missed.layer,
        due.ends_us
    from (
        select
            verdicts.measure_no,
            verdicts.layer,
            verdicts.tenant_id,
            verdicts.calendar_id,
            coalesce(days.day_no, 0) + verdicts.target_business_days as due_day_no
        from verdicts
        {{ asof_left_join('days', 'days', [['verdicts.tenant_id', 'tenant_id'], ['verdicts.calendar_id', 'calendar_id']], 'verdicts.missed_us', 'starts_us') }}
        where verdicts.target_business_days is not null and verdicts.recovered_us is not null
    ) as missed
    inner join days as due
        on missed.tenant_id = due.tenant_id
        and missed.calendar_id = due.calendar_id
        and missed.due_day_no = due.day_no

),

recoveries as (

    select * from {{ ref('int_clock_seconds') }}
    where purpose = 'recovery'

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
        when verdicts.recovered_us >= due_days.ends_us + 1000000 then 'missed_recovered_late'
        else 'missed_recovered_in_target'
    end as missed_class
from verdicts
left join due_days
    on verdicts.measure_no = due_days.measure_no
    and verdicts.layer = due_days.layer
left join recoveries
    on verdicts.measure_no = recoveries.measure_no
    and verdicts.layer = recoveries.layer
