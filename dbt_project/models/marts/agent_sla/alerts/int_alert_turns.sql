{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- Alerts about single turns, requests and actions (§13), which open and end at an instant of their own. What ended more than a week
-- ago is history and is not listed.
with obligations as (
    select
        *,
        {{ seconds_between('started_at', 'marketplace_due_at') }} as span_s,
        case when holder_agent_key is null or holder_agent_key = 'unowned' then 0.5 else 0.25 end as warning_share,
        coalesce(satisfied_at, waived_at) as ended_at
    from {{ ref('fct_response_obligations') }}
    where state in ('open', 'answered', 'waived') and marketplace_due_at is not null and marketplace_verdict <> 'excluded'
),

warned as (
    select
        *,
        {{ add_seconds('started_at', 'cast(floor(span_s * (1 - warning_share)) as bigint)') }} as warned_at,
        {{ add_seconds('started_at', '2 * span_s') }} as doubled_at,
        case when marketplace_verdict = 'breached' then marketplace_verdict_at end as breached_at
    from obligations
    where span_s > 0
),

at_risk as (
    select
        *,
        least(coalesce(ended_at, marketplace_due_at), coalesce(breached_at, marketplace_due_at), marketplace_due_at) as risk_ended_at
    from warned
    where kind <> 'case'
),

overdue as (
    select
        tenant_id,
        coalesce(channel_key, 'no_channel') as channel_key,
        min(doubled_at) as doubled_at,
        min(started_at) as started_at,
        max({{ seconds_between('started_at', as_of_at()) }}) as age_s,
        max(span_s) as span_s,
        count(*) as n
    from warned
    where state = 'open' and doubled_at <= {{ as_of_at() }}
    group by tenant_id, coalesce(channel_key, 'no_channel')
),

final as (
    select
        tenant_id,
        'obligation_at_risk' as rule_id,
        case when warning_share > 0.25 then 'high' else 'medium' end as severity,
        'obligation' as scope_type,
        obligation_key as scope_id,
        holder_agent_key as agent_key,
        warned_at as opened_at,
        case when risk_ended_at <= {{ as_of_at() }} then risk_ended_at end as resolved_at,
        {{ as_double('greatest(' ~ seconds_between(as_of_at(), 'marketplace_due_at') ~ ', 0)') }} as value,
        1 as n,
        {{ as_double('span_s * warning_share') }} as threshold
    from at_risk
    where
        warned_at <= {{ as_of_at() }}
        and risk_ended_at > warned_at
        and (risk_ended_at > {{ as_of_at() }} or risk_ended_at > {{ add_seconds(as_of_at(), -604800) }})

    union all

    select
        tenant_id,
        'obligation_breached' as rule_id,
        'high' as severity,
        'obligation' as scope_type,
        obligation_key as scope_id,
        holder_agent_key as agent_key,
        breached_at as opened_at,
        ended_at as resolved_at,
        {{ as_double(seconds_between('started_at', 'coalesce(ended_at, ' ~ as_of_at() ~ ')')) }} as value,
        1 as n,
        {{ as_double('span_s') }} as threshold
    from warned
    where breached_at is not null and (ended_at is null or (ended_at > breached_at and ended_at > {{ add_seconds(as_of_at(), -604800) }}))

    union all

    select
        overdue.tenant_id,
        'oldest_overdue' as rule_id,
        'critical' as severity,
        'channel' as scope_type,
        coalesce(channels.channel_id, 'no_channel') as scope_id,
        null as agent_key,
        overdue.doubled_at as opened_at,
        null as resolved_at,
        {{ as_double('overdue.age_s') }} as value,
        overdue.n,
        {{ as_double('2 * overdue.span_s') }} as threshold
    from overdue
    left join {{ ref('dim_channels') }} as channels
        on overdue.channel_key = channels.channel_key

    union all

    select
        tenant_id,
        'case_deadline' as rule_id,
        'critical' as severity,
        'obligation' as scope_type,
        obligation_key as scope_id,
        holder_agent_key as agent_key,
        greatest({{ add_seconds('marketplace_due_at', -86400) }}, started_at) as opened_at,
        case when ended_at <= {{ as_of_at() }} then ended_at end as resolved_at,
        {{ as_double(seconds_between(as_of_at(), 'marketplace_due_at')) }} as value,
        1 as n,
        {{ as_double('86400') }} as threshold
    from warned
    where
        kind = 'case'
        and {{ add_seconds('marketplace_due_at', -86400) }} <= {{ as_of_at() }}
        and (
            (ended_at is null and state = 'open')
            or (ended_at > {{ add_seconds('marketplace_due_at', -86400) }} and ended_at > {{ add_seconds(as_of_at(), -604800) }})
        )
)

select * from final
