{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of the alert to watch a person: compliance below goal while the interval still holds it, two weeks running (§13).
with days as (
    select * from {{ ref('int_alert_days') }}
),

-- from all history: in the daily mart old days have no persons, and an alert must open at the same instant in every rebuild
weeks as (
    select
        agents.tenant_id,
        contributions.agent_key,
        contributions.layer || '|' || coalesce(contributions.policy_id, '') as part,
        contributions.layer,
        dates.iso_week,
        max(dates.date_day) as last_day,
        sum(case when contributions.verdict = 'met' then 1 else 0 end) as met,
        sum(case when contributions.verdict in ('met', 'breached') then 1 else 0 end) as n
    from {{ ref('int_agent_sla_contributions') }} as contributions
    inner join {{ ref('dim_agents') }} as agents
        on contributions.agent_key = agents.agent_key
    inner join {{ ref('int_reporting_days') }} as local_days
        on
        agents.tenant_id = local_days.tenant_id
        and cast(contributions.counted_at as date) = local_days.utc_date
        and contributions.counted_at >= local_days.day_start_at
        and contributions.counted_at < local_days.day_end_at
    inner join {{ ref('dim_dates') }} as dates
        on
        local_days.tenant_id = dates.tenant_id
        and local_days.date_day = dates.date_day
    where
        agents.agent_views <> 'off'
        and agents.agent_analytics_allowed
        and not agents.is_bot
        -- the week is judged on its last day with a verdict; replies and what a day left undecided are none
        and contributions.verdict in ('met', 'breached')
        -- as for every judgement of a person
        and not contributions.is_time_uncertain
    group by agents.tenant_id, contributions.agent_key, contributions.layer, contributions.policy_id, dates.iso_week
    having sum(case when contributions.verdict in ('met', 'breached') then 1 else 0 end) >= 10
),

watched as (
    select
        weeks.*,
        {{ as_double('goals.target') }} as goal,
        {{ as_double('weeks.met') }} / weeks.n as rate,
        case
            when {{ as_double('weeks.met') }} / weeks.n < goals.target and {{ wilson_bound('weeks.met', 'weeks.n', 'high') }} >= goals.target then 1
            else 0
        end as is_low,
        lag(weeks.iso_week) over series as week_1,
        lead(weeks.iso_week) over series as next_week
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
    window series as (partition by weeks.tenant_id, weeks.agent_key, weeks.part order by weeks.iso_week)
),

final as (
    select
        watched.tenant_id,
        'agent_sla_watch' as rule_id,
        'agent' as scope_type,
        watched.agent_key || '|' || watched.part as scope_id,
        watched.agent_key,
        days.state_at,
        watched.is_low = 1
        and watched.week_1 = {{ add_days('watched.iso_week', -7) }}
        and lag(watched.is_low) over (
            partition by watched.tenant_id, watched.agent_key, watched.part order by watched.iso_week
        ) = 1 as is_on,
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

    -- four weeks after the last week that could be judged there is nothing to watch any more: who left is no open case
    select
        watched.tenant_id,
        'agent_sla_watch' as rule_id,
        'agent' as scope_type,
        watched.agent_key || '|' || watched.part as scope_id,
        watched.agent_key,
        days.state_at,
        false as is_on,
        true as is_clear,
        watched.rate as value,
        watched.n,
        {{ wilson_bound('watched.met', 'watched.n', 'low') }} as ci_low,
        {{ wilson_bound('watched.met', 'watched.n', 'high') }} as ci_high,
        watched.goal as threshold
    from watched
    inner join days
        on
        watched.tenant_id = days.tenant_id
        and days.date_day = {{ add_days('watched.last_day', 28) }}
    where watched.next_week is null or watched.next_week > days.date_day
)

select * from final
where is_on or is_clear
