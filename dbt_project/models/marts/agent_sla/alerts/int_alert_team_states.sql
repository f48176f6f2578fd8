{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of the alert rules about teams (§13): slower without an explanation two days running, and satisfaction surely below target.
with days as (
    select * from {{ ref('int_alert_days') }}
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

final as (
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
)

select * from final
where is_on or is_clear
