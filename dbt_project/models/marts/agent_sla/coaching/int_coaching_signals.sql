{{ config(schema='intermediate', access='protected', contract={'enforced': false}, materialized=step()) }}

-- The coaching flags that read scorecards, holds and hours (catalogue §13), each with the periods its evidence lies in.
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
        lag(period_start) over (partition by tenant_id, agent_key order by period_start) as start_1,
        lag(band) over (partition by tenant_id, agent_key order by period_start) as band_1,
        lag(gate_evidence) over (partition by tenant_id, agent_key order by period_start) as gate_1,
        max(period_start) over (partition by tenant_id) as last_start
    from cards
    -- the running month says nothing yet
    where period_type = 'month' and platform = 'all' and period_end < cast({{ as_of_at() }} as date)
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
    left join {{ ref('int_kpi_unseen_tickets') }} as unseen
        on
        spans.ticket_key = unseen.ticket_key
        and unseen.kpi_id = 'unanswered_holds'
    where spans.is_hold and spans.agent_key is not null and unseen.ticket_key is null
    group by spans.tenant_id, spans.agent_key
),

loads as (
    select
        hours.tenant_id,
        hours.team_key,
        hours.date_day,
        periods.period_start,
        {{ as_double('sum(hours.handling_s)') }} / nullif(sum(hours.staffed_s), 0) as occupancy
    from {{ ref('int_staffed_hours') }} as hours
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        hours.tenant_id = periods.tenant_id
        and periods.period_type = '7d'
        and hours.date_day between periods.period_start and periods.last_day
    where hours.team_key is not null
    group by hours.tenant_id, hours.team_key, hours.date_day, periods.period_start
),

found as (
    select
        tenant_id,
        week,
        'slow_first_reply' as flag_id,
        agent_key,
        team_key,
        'Reacts ' || {{ rounded_text('duration_ratio', 2) }} || ' times as long as usual for the same work (interval from '
        || {{ rounded_text('duration_ratio_low', 2) }} || ', ' || cast(n_reactions as varchar) || ' answers in 28 days)' as evidence,
        'Order of the queue and first answers' as suggested_topic,
        true as is_coaching,
        'slow_first_reply' as rule_id,
        'all' as platform,
        '28d' as period_type,
        period_start as first_period_start,
        period_start as last_period_start
    from cards
    where period_type = '28d' and platform = 'all' and duration_ratio_low > 1

    union all

    select
        slow.tenant_id,
        slow.week,
        'slow_on_platform_' || slow.platform as flag_id,
        slow.agent_key,
        slow.team_key,
        slow.platform || ': ' || {{ rounded_text('100 * slow.adjusted_rate', 1) }} || ' % in time after adjustment (at most '
        || {{ rounded_text('100 * slow.adjusted_high', 1) }} || ' %, ' || cast(slow.n as varchar) || ' in 28 days), elsewhere in range' as evidence,
        'Platform training ' || slow.platform as suggested_topic,
        true as is_coaching,
        'slow_on_platform' as rule_id,
        slow.platform as platform,
        '28d' as period_type,
        slow.period_start as first_period_start,
        slow.period_start as last_period_start
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
        'holds_unanswered' as rule_id,
        'all' as platform,
        '28d' as period_type,
        cards.period_start as first_period_start,
        cards.period_start as last_period_start
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
        'recognition' as rule_id,
        'all' as platform,
        'month' as period_type,
        cast(start_1 as date) as first_period_start,
        period_start as last_period_start
    from months
    where
        period_start = last_start
        and start_1 = {{ dbt.dateadd('month', -1, 'period_start') }}
        and band = 'above'
        and band_1 = 'above'
        and gate_evidence is null
        and gate_1 is null

    union all

    select
        loads.tenant_id,
        cast(date_trunc('week', max(loads.date_day)) as date) as week,
        'overload' as flag_id,
        cast(null as varchar) as agent_key,
        loads.team_key,
        cast(count(*) as varchar) || ' of the last 7 days above 90 % occupancy' as evidence,
        'Staffing, not coaching' as suggested_topic,
        false as is_coaching,
        'overload' as rule_id,
        'all' as platform,
        '7d' as period_type,
        loads.period_start as first_period_start,
        loads.period_start as last_period_start
    from loads
    where loads.occupancy > 0.9
    group by loads.tenant_id, loads.team_key, loads.period_start
    having count(*) >= 5
)

select * from found
