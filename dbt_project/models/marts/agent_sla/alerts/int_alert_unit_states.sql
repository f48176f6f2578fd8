{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- State of the alert rules about teams, accounts and sources at the end of every day (§13); the same shape as
-- int_alert_agent_states.
with days as (
    select * from {{ ref('int_alert_days') }}
),

-- compliance below goal while the interval still holds it, two weeks running
weeks as (
    select
        daily.tenant_id,
        daily.agent_key,
        daily.layer || '|' || coalesce(daily.policy_id, '') as part,
        daily.layer,
        dates.iso_week,
        max(dates.date_day) as last_day,
        sum(daily.n_met) as met,
        sum(daily.n_met + daily.n_breached) as n
    from {{ ref('agent_sla_daily') }} as daily
    inner join {{ ref('dim_dates') }} as dates
        on
        daily.tenant_id = dates.tenant_id
        and daily.date_day = dates.date_day
    inner join {{ ref('dim_agents') }} as agents
        on daily.agent_key = agents.agent_key
    where agents.agent_views <> 'off' and agents.agent_analytics_allowed and not agents.is_bot
    group by daily.tenant_id, daily.agent_key, daily.layer, daily.policy_id, dates.iso_week
    having sum(daily.n_met + daily.n_breached) >= 10
),

watched as (
    select
        weeks.*,
        {{ as_double('goals.target') }} as goal,
        {{ as_double('weeks.met') }} / weeks.n as rate,
        case
            when {{ as_double('weeks.met') }} / weeks.n < goals.target and {{ wilson_bound('weeks.met', 'weeks.n', 'high') }} >= goals.target then 1
            else 0
        end as is_low
    from weeks
    inner join {{ ref('kpi_targets') }} as goals
        on
        weeks.tenant_id = goals.tenant_id
        and weeks.layer = goals.layer
        and goals.kpi_id = 'sla_compliance'
        and goals.stat = 'ratio'
        and goals.scope_type = 'company'
        and weeks.iso_week >= goals.valid_from
        and (weeks.iso_week < goals.valid_to or goals.valid_to is null)
),

slow as (
    select
        volumes.*,
        teams.team_id,
        channels.channel_id,
        lag(volumes.verdict) over series as verdict_1,
        sum(case when volumes.verdict = 'unexplained' then 1 else 0 end) over (series rows between 2 preceding and current row) as unexplained_3,
        count(*) over (series rows between 2 preceding and current row) as days_3
    from {{ ref('speed_volume') }} as volumes
    inner join {{ ref('dim_teams') }} as teams
        on volumes.team_key = teams.team_key
    inner join {{ ref('dim_channels') }} as channels
        on volumes.channel_key = channels.channel_key
    where volumes.grain = 'day' and volumes.scope_type = 'channel_team' and volumes.verdict <> 'insufficient'
    window series as (partition by volumes.tenant_id, volumes.channel_key, volumes.team_key order by volumes.period_start)
),

answers as (
    select
        responses.tenant_id,
        responses.team_key,
        days.day_no,
        count(*) as n,
        sum(case when responses.sentiment = 'dissatisfied' then 1 else 0 end) as bad
    from {{ ref('fct_satisfaction_responses') }} as responses
    inner join {{ ref('int_reporting_days') }} as days
        on
        responses.tenant_id = days.tenant_id
        and cast(responses.responded_at as date) = days.utc_date
        and responses.responded_at >= days.day_start_at
        and responses.responded_at < days.day_end_at
    where responses.is_latest and responses.sentiment is not null and not responses.is_ticket_excluded and responses.team_key is not null
    group by responses.tenant_id, responses.team_key, days.day_no
),

fortnights as (
    select
        days.tenant_id,
        days.date_day,
        days.state_at,
        teams.team_id,
        sum(answers.n) as n,
        sum(answers.bad) as bad
    from answers
    inner join days
        on
        answers.tenant_id = days.tenant_id
        and days.day_no between answers.day_no and answers.day_no + 13
    inner join {{ ref('dim_teams') }} as teams
        on answers.team_key = teams.team_key
    group by days.tenant_id, days.date_day, days.state_at, teams.team_id
),

health as (
    select
        daily.*,
        accounts.marketplace_account_id || '|' || daily.metric || '|' || coalesce(daily.program, '') || '|' || coalesce(daily.evaluation, '')
        || '|' || coalesce(daily.fulfilment, '') || '|' || coalesce(daily.dimension_value, '') || '|' || coalesce(daily.window_length, '')
            as series
    from {{ ref('account_health_daily') }} as daily
    inner join {{ ref('dim_marketplace_accounts') }} as accounts
        on daily.marketplace_account_key = accounts.marketplace_account_key
    where daily.metric not like '%\_est' escape '\' and coalesce(daily.evaluation, 'current') = 'current'
),

checks as (
    select
        *,
        case
            when check_name = 'sources_are_fresh' then 'data_stale'
            when check_name = 'unmapped_rate' then 'mapping_gap'
            when check_name = 'load_completeness' then 'completeness'
        end as rule_id
    from {{ ref('check_results_daily') }}
    where check_name in ('sources_are_fresh', 'unmapped_rate', 'load_completeness')
),

final as (
    select
        watched.tenant_id,
        'agent_sla_watch' as rule_id,
        'agent' as scope_type,
        watched.agent_key || '|' || watched.part as scope_id,
        watched.agent_key,
        days.state_at,
        watched.is_low = 1 and coalesce(lag(watched.is_low) over (
            partition by watched.tenant_id, watched.agent_key, watched.part order by watched.iso_week
        ), 0) = 1 as is_on,
        watched.rate >= watched.goal as is_clear,
        watched.rate as value,
        watched.n,
        {{ wilson_bound('watched.met', 'watched.n', 'low') }} as ci_low,
        {{ wilson_bound('watched.met', 'watched.n', 'high') }} as ci_high,
        watched.goal as threshold
    from watched
    inner join days
        on
        watched.tenant_id = days.tenant_id
        and watched.last_day = days.date_day

    union all

    select
        slow.tenant_id,
        'unexplained_slowdown' as rule_id,
        'channel_team' as scope_type,
        slow.channel_id || '|' || slow.team_id as scope_id,
        null as agent_key,
        days.state_at,
        slow.verdict = 'unexplained' and coalesce(slow.verdict_1 = 'unexplained', false) as is_on,
        slow.unexplained_3 = 0 and slow.days_3 = 3 as is_clear,
        slow.reaction_median_s as value,
        slow.n_reactions as n,
        null as ci_low,
        null as ci_high,
        slow.speed_high_s as threshold
    from slow
    inner join days
        on
        slow.tenant_id = days.tenant_id
        and slow.period_start = days.date_day

    union all

    select
        fortnights.tenant_id,
        'csat_drop' as rule_id,
        'team' as scope_type,
        fortnights.team_id as scope_id,
        null as agent_key,
        fortnights.state_at,
        fortnights.n >= 30
        and {{ wilson_bound('fortnights.bad', 'fortnights.n', 'low') }} > targets.target + targets.amber_tolerance as is_on,
        {{ as_double('fortnights.bad') }} / fortnights.n <= targets.target as is_clear,
        {{ as_double('fortnights.bad') }} / fortnights.n as value,
        fortnights.n,
        {{ wilson_bound('fortnights.bad', 'fortnights.n', 'low') }} as ci_low,
        {{ wilson_bound('fortnights.bad', 'fortnights.n', 'high') }} as ci_high,
        targets.target + targets.amber_tolerance as threshold
    from fortnights
    inner join {{ ref('kpi_targets') }} as targets
        on
        fortnights.tenant_id = targets.tenant_id
        and targets.kpi_id = 'dsat'
        and targets.stat = 'ratio'
        and targets.scope_type = 'company'
        and fortnights.date_day >= targets.valid_from
        and (fortnights.date_day < targets.valid_to or targets.valid_to is null)

    union all

    select
        health.tenant_id,
        'headroom_low' as rule_id,
        'marketplace_account' as scope_type,
        health.series as scope_id,
        null as agent_key,
        days.state_at,
        coalesce(health.headroom <= 2, false) or coalesce(health.published_status in ('bad', 'at_risk', 'deactivated', 'below_standard'), false) as is_on,
        coalesce(health.headroom >= 5, health.published_status in ('good', 'above_standard', 'top_rated', 'normal'), false)
        and not coalesce(health.published_status in ('bad', 'at_risk', 'deactivated', 'below_standard'), false) as is_clear,
        health.headroom as value,
        health.denominator as n,
        null as ci_low,
        null as ci_high,
        2 as threshold
    from health
    inner join days
        on
        health.tenant_id = days.tenant_id
        and health.date_day = days.date_day

    union all

    select
        checks.tenant_id,
        checks.rule_id,
        'source' as scope_type,
        coalesce(checks.source_system, 'all') || '|' || coalesce(checks.table_name, '') as scope_id,
        null as agent_key,
        days.state_at,
        max(case when checks.status = 'failed' then 1 else 0 end) = 1 as is_on,
        max(case when checks.status = 'failed' then 1 else 0 end) = 0 as is_clear,
        max(checks.value) as value,
        max(checks.denominator) as n,
        null as ci_low,
        null as ci_high,
        max(checks.limit_value) as threshold
    from checks
    inner join days
        on
        checks.tenant_id = days.tenant_id
        and checks.date_day = days.date_day
    group by checks.tenant_id, checks.rule_id, checks.source_system, checks.table_name, days.state_at

    union all

    select
        tenant_id,
        'data_stale' as rule_id,
        'source' as scope_type,
        source_system || '|' || table_name as scope_id,
        null as agent_key,
        {{ as_of_at() }} as state_at,
        freshness_status = 'red' as is_on,
        freshness_status <> 'red' as is_clear,
        lag_cal_s as value,
        row_count as n,
        null as ci_low,
        null as ci_high,
        null as threshold
    from {{ ref('source_freshness') }}
)

select * from final
where is_on or is_clear
