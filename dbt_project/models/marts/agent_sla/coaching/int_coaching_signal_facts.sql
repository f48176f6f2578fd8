{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- What stands behind the flags that read scorecards, holds and hours: one row per fact and flag, chosen as the number it explains
-- chooses it (`int_scorecard_durations`, `int_scorecard_cells`, the holds and the hours of `int_coaching_signals`).
with reactions as (
    select
        obligations.obligation_key,
        obligations.ticket_key,
        obligations.responder_agent_key,
        obligations.satisfied_at,
        greatest(obligations.reaction_cal_s, 1) as reaction_s
    from {{ ref('fct_response_obligations') }} as obligations
    left join {{ ref('int_kpi_incident_turns') }} as incidents
        on obligations.obligation_key = incidents.obligation_key and incidents.is_visible_inside
    where
        obligations.state = 'answered'
        and obligations.kind in ('first', 'next')
        and not obligations.is_proxy
        and obligations.reaction_cal_s is not null
        and incidents.obligation_key is null
),

covered as (
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
inner join reactions
    on
    covered.agent_key = reactions.responder_agent_key
    and covered.start_at <= reactions.satisfied_at
    and covered.end_at > reactions.satisfied_at
where covered.rule_id = 'slow_first_reply'

union all

select
    covered.tenant_id,
    covered.flag_id,
    covered.agent_key,
    covered.team_key,
    layers.obligation_key as fact_key,
    obligations.ticket_key,
    layers.counted_at as happened_at,
    case when layers.verdict = 'met' then 1 else 0 end as numerator,
    1 as denominator
from covered
inner join {{ ref('int_obligation_layers') }} as layers
    on
    covered.agent_key = layers.counted_agent_key
    and covered.start_at <= layers.counted_at
    and covered.end_at > layers.counted_at
inner join {{ ref('fct_response_obligations') }} as obligations
    on
    layers.obligation_key = obligations.obligation_key
    and covered.platform in ('all', coalesce(obligations.platform, 'none'))
left join {{ ref('int_scorecard_channels') }} as channels
    on
    covered.tenant_id = channels.tenant_id
    and covered.period_type = channels.period_type
    and covered.period_start = channels.period_start
    and obligations.channel_key = channels.channel_key
where
    covered.rule_id in ('slow_on_platform', 'recognition')
    and layers.layer = 'internal'
    and layers.verdict in ('met', 'breached')
    and not layers.is_time_uncertain
    and coalesce(channels.is_rated, true)

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
where covered.rule_id = 'holds_unanswered' and spans.is_hold

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
