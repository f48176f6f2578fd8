{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Alerts about single turns, requests and actions (§13), which open and end at an instant of their own. What ended more than a week
-- ago is history and is not listed.
with obligations as (
    select
        *,
        {{ seconds_between('started_at', 'marketplace_due_at') }} as span_s,
        coalesce(satisfied_at, waived_at) as ended_at
    from {{ ref('fct_response_obligations') }}
    where state in ('open', 'answered', 'waived') and marketplace_due_at is not null and marketplace_verdict <> 'excluded'
),

warned as (
    select
        *,
        {{ add_seconds('started_at', '2 * span_s') }} as doubled_at,
        case when marketplace_verdict = 'breached' then marketplace_verdict_at end as breached_at
    from obligations
    where span_s > 0
),

-- A turn is at risk in its last quarter, and from half-time on while nobody holds it. Who held it when is read from the segments, so
-- that an alert says the same while it is open and after: taken over before the last quarter, it ends ("reassigned") and a
-- second one may follow; taken over later, it goes on. A turn closed by somebody is held by its closer.
held as (
    select
        *,
        greatest(held_from_at, {{ add_seconds('started_at', 'cast(floor(span_s * (1 - warning_share)) as bigint)') }}) as risk_from_at,
        least(held_to_at, risk_ended_at) as risk_to_at
    from (
        select
            warned.*,
            case when segments.holder_class in ('agent', 'closed') then segments.agent_key else 'unowned' end as risk_agent_key,
            case when segments.holder_class in ('agent', 'closed') then 0.25 else 0.5 end as warning_share,
            segments.from_at as held_from_at,
            segments.to_at as held_to_at,
            least(
                coalesce(warned.ended_at, warned.marketplace_due_at),
                coalesce(warned.breached_at, warned.marketplace_due_at),
                warned.marketplace_due_at
            ) as risk_ended_at
        from warned
        inner join {{ ref('fct_obligation_segments') }} as segments
            on warned.obligation_key = segments.obligation_key
        where warned.kind <> 'case'
    ) as segmented
),

stretches as (
    select
        *,
        sum(is_first) over (partition by obligation_key order by risk_from_at rows unbounded preceding) as stretch_no
    from (
        select
            *,
            case
                when risk_from_at = lag(risk_to_at) over (partition by obligation_key order by risk_from_at) then 0
                else 1
            end as is_first
        from held
        where risk_from_at < risk_to_at
    ) as compared
),

at_risk as (
    select
        tenant_id,
        obligation_key,
        min(risk_from_at) as opened_at,
        case
            when max(risk_to_at) < {{ as_of_at() }} or max(risk_ended_at) <= {{ as_of_at() }} then max(risk_to_at)
        end as resolved_at,
        {{ max_by('risk_agent_key', 'risk_from_at') }} as agent_key,
        min(marketplace_due_at) as marketplace_due_at,
        {{ max_by('warning_share', 'risk_from_at') }} as warning_share,
        max(span_s) as span_s
    from stretches
    group by tenant_id, obligation_key, stretch_no
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
        agent_key,
        opened_at,
        resolved_at,
        {{ as_double('greatest(' ~ seconds_between(as_of_at(), 'marketplace_due_at') ~ ', 0)') }} as value,
        1 as n,
        {{ as_double('span_s * warning_share') }} as threshold
    from at_risk
    where resolved_at is null or resolved_at > {{ add_seconds(as_of_at(), -604800) }}

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
