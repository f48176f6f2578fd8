-- Suggestions for the week of now, each with its evidence; never an automatic consequence (§13).
with cards as (
    select
        *,
        cast(date_trunc('week', period_end) as date) as week
    from {{ ref('agent_scorecards') }}
    where period_type in ('28d', 'month') and layer = 'internal'
),

months as (
    select
        *,
        lag(band) over (partition by tenant_id, agent_key order by period_start) as band_1,
        lag(gate_evidence) over (partition by tenant_id, agent_key order by period_start) as gate_1,
        row_number() over (partition by tenant_id, agent_key order by period_start desc) as months_ago
    from cards
    where period_type = 'month' and platform = 'all'
),

spans as (
    select
        spans.tenant_id,
        spans.agent_key,
        sum(case when spans.is_unanswered_hold then 1 else 0 end) as unanswered,
        count(*) as holds
    from {{ ref('fct_assignment_spans') }} as spans
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        spans.tenant_id = periods.tenant_id
        and periods.period_type = '28d'
        and spans.to_at >= periods.start_at
        and spans.to_at < periods.end_at
    where spans.is_hold and spans.agent_key is not null
    group by spans.tenant_id, spans.agent_key
),

loads as (
    select
        hours.tenant_id,
        hours.team_key,
        hours.date_day,
        {{ as_double('sum(hours.handling_s)') }} / nullif(sum(hours.staffed_s), 0) as occupancy
    from {{ ref('int_staffed_hours') }} as hours
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        hours.tenant_id = periods.tenant_id
        and periods.period_type = '7d'
        and hours.date_day between periods.period_start and periods.last_day
    where hours.team_key is not null
    group by hours.tenant_id, hours.team_key, hours.date_day
),

found as (
    select
        tenant_id,
        week,
        'slow_first_reply' as flag_id,
        agent_key,
        team_key,
        'Reacts ' || cast(duration_ratio as varchar) || ' times as long as usual for the same work (interval from '
        || cast(duration_ratio_low as varchar) || ', ' || cast(n_reactions as varchar) || ' answers in 28 days)' as evidence,
        'Order of the queue and first answers' as suggested_topic,
        true as is_coaching,
        'all' as subject
    from cards
    where period_type = '28d' and platform = 'all' and duration_ratio_low > 1

    union all

    select
        slow.tenant_id,
        slow.week,
        'slow_on_platform_' || slow.platform as flag_id,
        slow.agent_key,
        slow.team_key,
        slow.platform || ': adjusted ' || cast(slow.adjusted_rate as varchar) || ' (to ' || cast(slow.adjusted_high as varchar) || ') of '
        || cast(slow.n as varchar) || ', elsewhere in range' as evidence,
        'Platform training ' || slow.platform as suggested_topic,
        true as is_coaching,
        'all' as subject
    from cards as slow
    where
        slow.period_type = '28d'
        and slow.platform <> 'all'
        and slow.band = 'below'
        and exists (
            select 1
            from cards as others
            where
                others.tenant_id = slow.tenant_id
                and others.agent_key = slow.agent_key
                and others.period_type = '28d'
                and others.platform not in ('all', slow.platform)
                and others.band in ('in_range', 'above')
        )

    union all

    select
        cards.tenant_id,
        cards.week,
        'holds_unanswered' as flag_id,
        cards.agent_key,
        cards.team_key,
        cast(spans.unanswered as varchar) || ' of ' || cast(spans.holds as varchar) || ' holds passed on without an answer in 28 days' as evidence,
        'Handing over with an answer' as suggested_topic,
        true as is_coaching,
        'all' as subject
    from cards
    inner join spans
        on
        cards.tenant_id = spans.tenant_id
        and cards.agent_key = spans.agent_key
    where cards.period_type = '28d' and cards.platform = 'all' and spans.unanswered >= 3

    union all

    select
        tenant_id,
        week,
        'recognition' as flag_id,
        agent_key,
        team_key,
        'Above the goal after adjustment in the last two months, no gate' as evidence,
        'Recognition' as suggested_topic,
        false as is_coaching,
        'all' as subject
    from months
    where months_ago = 1 and band = 'above' and band_1 = 'above' and gate_evidence is null and gate_1 is null

    union all

    select
        loads.tenant_id,
        cast(date_trunc('week', max(loads.date_day)) as date) as week,
        'overload' as flag_id,
        'team' as agent_key,
        loads.team_key,
        cast(count(*) as varchar) || ' of the last 7 days above 90 % occupancy' as evidence,
        'Staffing, not coaching' as suggested_topic,
        false as is_coaching,
        'all' as subject
    from loads
    where loads.occupancy > 0.9
    group by loads.tenant_id, loads.team_key
    having count(*) >= 5

    union all

    select
        tenant_id,
        cast(date_trunc('week', last_day) as date) as week,
        flag_id,
        agent_key,
        team_key,
        {{ coaching_evidence() }} as evidence,
        {{ coaching_topic() }} as suggested_topic,
        true as is_coaching,
        subject
    from {{ ref('int_coaching_findings') }}
),

known as (
    select
        {{ surrogate_key(['tenant_id', 'cast(week as varchar)', 'flag_id', 'agent_key', "coalesce(team_key, '')", 'subject']) }} as coaching_flag_id,
        {{ coaching_kpi() }} as kpi_id,
        case when agent_key = 'team' then 'team' else 'agent' end as scope_type,
        case when agent_key = 'team' then team_key else agent_key end as scope_id,
        *
    from found
),

-- The action that answers a flag: the one that names it, else the latest of the last ninety days about the same person and KPI.
answered as (
    select
        known.coaching_flag_id,
        actions.action_id,
        actions.status,
        actions.outcome,
        row_number() over (
            partition by known.coaching_flag_id
            order by
                case when actions.evidence_ref = known.coaching_flag_id then 1 else 2 end, actions.meeting_at desc, actions.action_id
        ) as preference
    from known
    inner join {{ ref('actions') }} as actions
        on
        known.tenant_id = actions.tenant_id
        and (
            actions.evidence_ref = known.coaching_flag_id
            or (
                known.scope_type = actions.scope_type
                and known.scope_id = actions.scope_id
                and known.kpi_id = actions.kpi_id
                and actions.meeting_at >= {{ add_seconds(as_of_at(), "-7776000") }}
            )
        )
),

final as (
    select
        known.coaching_flag_id,
        known.tenant_id,
        known.week,
        known.flag_id,
        nullif(known.subject, 'all') as subject,
        nullif(known.agent_key, 'team') as agent_key,
        known.team_key,
        known.kpi_id,
        known.evidence,
        known.suggested_topic,
        known.is_coaching,
        answered.action_id,
        answered.status as action_status,
        answered.outcome as action_outcome,
        {{ as_of_at() }} as as_of_at
    from known
    left join answered
        on
        known.coaching_flag_id = answered.coaching_flag_id
        and answered.preference = 1
)

select * from final
