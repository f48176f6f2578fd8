-- Verdict of every measure in every layer, before the owner; grain: measure and layer. A due time has passed one second after it:
-- whatever happens from then on (reply, waiver, change, as_of) finds the breach.

with

dues as (

    select
        *,
        case when due_us is not null then greatest(due_us + 1000000, from_us) end as passed_us,
        coalesce(due_us + 1000000 <= least(limit_us, until_us) and from_us <= least(limit_us, until_us), false) as is_breach,
        row_number() over (partition by measure_no, layer order by from_us desc) as latest_no
    from {{ ref('int_measure_dues') }}

),

breaches as (

    select
        measure_no,
        layer,
        min(from_us) as from_us
    from dues
    where is_breach
    group by measure_no, layer

),

statuses as (

    select
        lane_no,
        coalesce(value in ('solved', 'closed'), false) as is_done
    from {{ ref('int_lane_states') }}
    where attribute = 'status' and from_us <= {{ as_of_us() }} and to_us > {{ as_of_us() }}

),

measured as (

    select
        measures.measure_no,
        measures.mode,
        coalesce(obligations.is_out, measures.is_excluded_cycle) as is_out,
        coalesce(obligations.state, case when measures.is_answered then 'answered' else 'open' end) as state,
        obligations.end_kind,
        obligations.missed_policy,
        obligations.bot_since_us,
        obligations.recovered_us,
        obligations.end_us,
        coalesce(statuses.is_done, false) as is_done_now,
        measures.source_key,
        measures.until_us
    from {{ ref('int_measures') }} as measures
    left join {{ ref('int_obligations') }} as obligations on measures.measure_no = obligations.obligation_no
    left join statuses on measures.lane_no = statuses.lane_no

),

facts as (

    select
        measured.*,
        last_dues.layer,
        last_dues.target_no as last_target_no,
        last_dues.anchor_us as last_anchor_us,
        last_dues.due_us as last_due_us,
        fallen.target_no as breach_target_no,
        fallen.anchor_us as breach_anchor_us,
        fallen.due_us as breach_due_us,
        fallen.passed_us,
        greatest(fallen.due_us, fallen.from_us) as breach_us
    from measured
    inner join dues as last_dues
        on measured.measure_no = last_dues.measure_no
        and last_dues.latest_no = 1
    left join breaches
        on last_dues.measure_no = breaches.measure_no
        and last_dues.layer = breaches.layer
    left join dues as fallen
        on breaches.measure_no = fallen.measure_no
        and breaches.layer = fallen.layer
        and breaches.from_us = fallen.from_us

),

standing as (

    select
        facts.measure_no,
        facts.layer
    from facts
    inner join {{ ref('int_turn_closes') }} as closes
        on facts.source_key = closes.start_message_key
        and facts.breach_us >= closes.closed_us
        and facts.breach_us < closes.cleared_us
    where facts.mode = 'turn' and facts.missed_policy = 'ignore'
    group by facts.measure_no, facts.layer

),

judged as (

    select
        facts.*,
        case
            when facts.is_out then 'excluded'
            when facts.end_kind in ('thanks', 'flag') then 'waived'
            when facts.state = 'missed' and facts.missed_policy = 'ignore' then 'excluded'
            when facts.passed_us is null
                then case
                    when facts.state in ('answered_by_bot', 'excluded') then 'excluded'
                    when facts.state = 'waived' then 'waived'
                    when facts.last_target_no is null and facts.last_due_us is null then 'no_target'
                    when facts.state = 'answered' then 'met'
                    when
                        facts.state = 'missed'
                        and facts.missed_policy = 'treat_normally'
                        and facts.recovered_us is not null
                        then 'met'
                    else 'pending'
                end
            when facts.state = 'answered_by_bot' and facts.bot_since_us < facts.passed_us then 'excluded'
            when standing.measure_no is not null then 'excluded'
            when
                facts.bot_since_us < facts.passed_us
                and facts.end_us is null
                and facts.bot_since_us + {{ hours_us(72) }} > {{ as_of_us() }}
                and facts.is_done_now
                then 'pending'
            else 'breached'
        end as verdict,
        case
            when facts.is_out or facts.end_kind in ('thanks', 'flag') then null
            when facts.state = 'missed' and facts.missed_policy = 'ignore' then 'missed_policy'
            when facts.passed_us is not null and facts.state = 'answered_by_bot' and facts.bot_since_us < facts.passed_us
                then 'answered_by_bot'
            when facts.passed_us is not null and standing.measure_no is not null then 'missed_policy'
        end as verdict_exclusion
    from facts
    left join standing
        on facts.measure_no = standing.measure_no
        and facts.layer = standing.layer

)

select
    measure_no,
    layer,
    mode,
    state,
    verdict,
    verdict_exclusion,
    case
        when verdict = 'breached' then breach_target_no
        when verdict in ('met', 'pending') then last_target_no
    end as target_no,
    case
        when verdict = 'breached' then breach_anchor_us
        when verdict in ('met', 'pending') then last_anchor_us
    end as anchor_us,
    case
        when verdict = 'breached' then breach_due_us
        when verdict in ('met', 'pending') then last_due_us
    end as due_us,
    case when verdict = 'breached' then breach_us when verdict = 'met' then until_us end as verdict_us,
    last_target_no,
    -- whose clock tells the measure: none of a target that came into force after a published deadline had passed
    case when verdict = 'breached' then breach_target_no else last_target_no end as clock_target_no,
    until_us
from judged
