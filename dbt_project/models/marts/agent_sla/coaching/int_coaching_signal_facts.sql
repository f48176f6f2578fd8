{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- What stands behind the flags that read scorecards, holds and hours: one row per fact and flag, of the periods the flag speaks of.
with covered as (
    select
        signals.*,
        periods.period_start,
        periods.last_day,
        periods.start_at,
        periods.end_at
    from {{ ref('int_coaching_signals') }} as signals
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        signals.tenant_id = periods.tenant_id
        and signals.period_type = periods.period_type
        and periods.period_start between signals.first_period_start and signals.last_period_start
),

days as (
    select
        covered.tenant_id,
        covered.flag_id,
        covered.team_key,
        dates.day_start_at,
        hours.date_day,
        sum(hours.handling_s) as handling_s,
        sum(hours.staffed_s) as staffed_s
    from covered
    inner join {{ ref('int_staffed_hours') }} as hours
        on
        covered.tenant_id = hours.tenant_id
        and covered.team_key = hours.team_key
        and hours.date_day between covered.period_start and covered.last_day
    inner join {{ ref('dim_dates') }} as dates
        on
        hours.tenant_id = dates.tenant_id
        and hours.date_day = dates.date_day
    where covered.rule_id = 'overload'
    group by covered.tenant_id, covered.flag_id, covered.team_key, dates.day_start_at, hours.date_day
)

select
    covered.tenant_id,
    covered.flag_id,
    covered.agent_key,
    covered.team_key,
    reactions.obligation_key as fact_key,
    reactions.ticket_key,
    reactions.satisfied_at as happened_at,
    reactions.reaction_s as numerator,
    1 as denominator
from covered
inner join {{ ref('int_scorecard_reactions') }} as reactions
    on
    covered.tenant_id = reactions.tenant_id
    and covered.period_type = reactions.period_type
    and covered.period_start = reactions.period_start
    and covered.agent_key = reactions.agent_key
where covered.rule_id = 'slow_first_reply'

union all

select
    covered.tenant_id,
    covered.flag_id,
    covered.agent_key,
    covered.team_key,
    ratings.obligation_key as fact_key,
    ratings.ticket_key,
    ratings.counted_at as happened_at,
    ratings.met as numerator,
    1 as denominator
from covered
inner join {{ ref('int_scorecard_ratings') }} as ratings
    on
    covered.tenant_id = ratings.tenant_id
    and covered.period_type = ratings.period_type
    and covered.period_start = ratings.period_start
    and covered.agent_key = ratings.agent_key
    and covered.platform in ('all', ratings.platform)
where
    covered.rule_id in ('slow_on_platform', 'recognition')
    and ratings.layer = 'internal'
    and ratings.counts = 1

union all

select
    covered.tenant_id,
    covered.flag_id,
    covered.agent_key,
    covered.team_key,
    spans.span_key as fact_key,
    spans.ticket_key,
    spans.to_at as happened_at,
    case when spans.is_unanswered_hold then 1 else 0 end as numerator,
    1 as denominator
from covered
inner join {{ ref('fct_assignment_spans') }} as spans
    on
    covered.tenant_id = spans.tenant_id
    and covered.agent_key = spans.agent_key
    and covered.start_at <= spans.to_at
    and covered.end_at > spans.to_at
left join {{ ref('int_kpi_unseen_tickets') }} as unseen
    on
    spans.ticket_key = unseen.ticket_key
    and unseen.kpi_id = 'unanswered_holds'
where covered.rule_id = 'holds_unanswered' and spans.is_hold and unseen.ticket_key is null

union all

select
    tenant_id,
    flag_id,
    cast(null as varchar) as agent_key,
    team_key,
    {{ surrogate_key(['team_key', 'cast(date_day as varchar)']) }} as fact_key,
    cast(null as varchar) as ticket_key,
    day_start_at as happened_at,
    handling_s as numerator,
    staffed_s as denominator
from days
