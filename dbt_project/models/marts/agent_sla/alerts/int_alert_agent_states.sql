{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- State of the alert rules about persons at the end of every day (§13): compliance surely below goal per layer and policy, and closing
-- without replying. `is_on` opens an alert, `is_clear` ends one; rows with neither leave it as it is.
with days as (
    select * from {{ ref('int_alert_days') }}
),

persons as (
    select *
    from {{ ref('dim_agents') }}
    where agent_views <> 'off' and agent_analytics_allowed and not is_bot
),

verdicts as (
    select
        layers.tenant_id,
        layers.counted_agent_key as agent_key,
        layers.layer,
        layers.policy_id,
        layers.layer || '|' || coalesce(layers.policy_id, '') as part,
        days.day_no,
        case when layers.verdict = 'met' then 1 else 0 end as met,
        row_number() over series as place,
        sum(case when layers.verdict = 'met' then 1 else 0 end) over (series rows unbounded preceding) as met_up_to
    from {{ ref('int_obligation_layers') }} as layers
    inner join persons
        on layers.counted_agent_key = persons.agent_key
    inner join {{ ref('int_reporting_days') }} as days
        on
        layers.tenant_id = days.tenant_id
        and cast(layers.counted_at as date) = days.utc_date
        and layers.counted_at >= days.day_start_at
        and layers.counted_at < days.day_end_at
    where layers.verdict in ('met', 'breached') and not layers.is_time_uncertain
    window series as (
        partition by layers.tenant_id, layers.counted_agent_key, layers.layer, layers.policy_id
        order by layers.counted_at, layers.obligation_key
    )
),

daily as (
    select
        tenant_id,
        agent_key,
        part,
        layer,
        day_no,
        count(*) as n,
        sum(met) as met,
        max(place) as n_up_to,
        max(met_up_to) as met_up_to
    from verdicts
    group by tenant_id, agent_key, part, layer, day_no
),

spans as (
    select
        tenant_id,
        agent_key,
        part,
        layer,
        min(day_no) as first_no,
        max(day_no) as last_no
    from daily
    group by tenant_id, agent_key, part, layer
),

-- Four weeks after the last verdict there is nothing to say any more.
grid as (
    select
        spans.tenant_id,
        spans.agent_key,
        spans.part,
        spans.layer,
        days.date_day,
        days.state_at,
        days.day_no,
        days.day_no > spans.last_no + 28 as is_over,
        coalesce(sum(daily.n) over (series rows between 6 preceding and current row), 0) as n_7,
        coalesce(sum(daily.met) over (series rows between 6 preceding and current row), 0) as met_7,
        max(daily.n_up_to) over (series rows unbounded preceding) as n_all,
        max(daily.met_up_to) over (series rows unbounded preceding) as met_all
    from spans
    inner join days
        on
        spans.tenant_id = days.tenant_id
        and days.day_no between spans.first_no and spans.last_no + 31
    left join daily
        on
        spans.tenant_id = daily.tenant_id
        and spans.agent_key = daily.agent_key
        and spans.part = daily.part
        and days.day_no = daily.day_no
    window series as (partition by spans.tenant_id, spans.agent_key, spans.part order by days.day_no)
),

judged as (
    select
        grid.*,
        case when grid.n_7 >= 20 then grid.n_7 else least(grid.n_all, 50) end as n,
        case when grid.n_7 >= 20 then grid.met_7 else grid.met_all - coalesce(before.met_up_to, 0) end as met,
        goals.target as goal
    from grid
    left join verdicts as before
        on
        grid.tenant_id = before.tenant_id
        and grid.agent_key = before.agent_key
        and grid.part = before.part
        and grid.n_all - 50 = before.place
    inner join {{ ref('kpi_targets') }} as goals
        on
        grid.tenant_id = goals.tenant_id
        and grid.layer = goals.layer
        and goals.kpi_id = 'sla_compliance'
        and goals.stat = 'ratio'
        and goals.scope_type = 'company'
        and grid.date_day >= goals.valid_from
        and (grid.date_day < goals.valid_to or goals.valid_to is null)
),

below as (
    select
        *,
        case
            when n >= 20 and not is_over and {{ wilson_bound('met', 'n', 'high') }} < goal then 1
            else 0
        end as is_on
    from judged
),

closings as (
    select
        evidence.tenant_id,
        evidence.closer_agent_key as agent_key,
        homes.team_key,
        days.day_no,
        count(*) as n,
        sum(case when evidence.is_without_reply then 1 else 0 end) as silent
    from {{ ref('fct_closings') }} as evidence
    inner join {{ ref('int_reporting_days') }} as days
        on
        evidence.tenant_id = days.tenant_id
        and cast(evidence.closed_at as date) = days.utc_date
        and evidence.closed_at >= days.day_start_at
        and evidence.closed_at < days.day_end_at
    left join {{ ref('int_agent_home_teams') }} as homes
        on
        evidence.closer_agent_key = homes.agent_key
        and evidence.closed_at >= homes.valid_from
        and (evidence.closed_at < homes.valid_to or homes.valid_to is null)
    where
        evidence.is_human
        and not evidence.is_merge_or_spam
        and not evidence.is_ticket_excluded
        and (evidence.is_with_reply or evidence.is_without_reply)
        and evidence.closer_agent_key is not null
    group by evidence.tenant_id, evidence.closer_agent_key, homes.team_key, days.day_no
),

weeks as (
    select
        days.tenant_id,
        days.state_at,
        days.day_no,
        closings.agent_key,
        closings.team_key,
        sum(closings.n) as n,
        sum(closings.silent) as silent
    from closings
    inner join days
        on
        closings.tenant_id = days.tenant_id
        and days.day_no between closings.day_no and closings.day_no + 20
    where days.day_no <= closings.day_no + 6
    group by days.tenant_id, days.state_at, days.day_no, closings.agent_key, closings.team_key
),

compared as (
    select
        *,
        sum(n) over (partition by tenant_id, day_no, team_key) - n as peer_n,
        sum(silent) over (partition by tenant_id, day_no, team_key) - silent as peer_silent
    from weeks
),

spikes as (
    select
        *,
        greatest(3 * coalesce({{ as_double('peer_silent') }} / nullif(peer_n, 0), 0), 0.03) as threshold,
        case
            when silent < 5 then 0
            when {{ wilson_bound('silent', 'n', 'low') }} > greatest(3 * coalesce({{ as_double('peer_silent') }} / nullif(peer_n, 0), 0), 0.03) then 1
            else 0
        end as is_on
    from compared
),

final as (
    select
        tenant_id,
        'agent_sla_below' as rule_id,
        'agent' as scope_type,
        agent_key || '|' || part as scope_id,
        agent_key,
        state_at,
        is_on = 1 as is_on,
        max(is_on) over (
            partition by tenant_id, agent_key, part order by day_no rows between 2 preceding and current row
        ) = 0 as is_clear,
        {{ as_double('met') }} / nullif(n, 0) as value,
        n,
        {{ wilson_bound('met', 'n', 'low') }} as ci_low,
        {{ wilson_bound('met', 'n', 'high') }} as ci_high,
        {{ as_double('goal') }} as threshold
    from below

    union all

    select
        spikes.tenant_id,
        'closed_unanswered_spike' as rule_id,
        'agent' as scope_type,
        spikes.agent_key as scope_id,
        spikes.agent_key,
        spikes.state_at,
        spikes.is_on = 1 as is_on,
        -- two weeks without: also when he closed nothing in between
        max(case when spikes.is_on = 1 then spikes.day_no end) over (
            partition by spikes.tenant_id, spikes.agent_key order by spikes.day_no rows unbounded preceding
        ) <= spikes.day_no - 14 as is_clear,
        {{ as_double('spikes.silent') }} / spikes.n as value,
        spikes.n,
        {{ wilson_bound('spikes.silent', 'spikes.n', 'low') }} as ci_low,
        {{ wilson_bound('spikes.silent', 'spikes.n', 'high') }} as ci_high,
        spikes.threshold
    from spikes
    inner join persons
        on spikes.agent_key = persons.agent_key
)

select * from final
where is_on or is_clear
