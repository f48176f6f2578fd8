{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of the alert about persons who close without replying far more than their team, at the end of every day (§13).
with days as (
    select * from {{ ref('int_alert_days') }}
),

persons as (
    select *
    from {{ ref('dim_agents') }}
    where agent_views <> 'off' and agent_analytics_allowed and not is_bot
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
    left join {{ ref('core__home_teams') }} as homes
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

-- A week back from every day; two weeks on after the last closing, so that who closes no more can be found normal.
weeks as (
    select
        days.tenant_id,
        days.state_at,
        days.day_no,
        closings.agent_key,
        closings.team_key,
        sum(case when days.day_no <= closings.day_no + 6 then closings.n else 0 end) as n,
        sum(case when days.day_no <= closings.day_no + 6 then closings.silent else 0 end) as silent
    from closings
    inner join days
        on
        closings.tenant_id = days.tenant_id
        and days.day_no between closings.day_no and closings.day_no + 20
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
            when {{ wilson_bound('silent', 'nullif(n, 0)', 'low') }} > greatest(3 * coalesce({{ as_double('peer_silent') }} / nullif(peer_n, 0), 0), 0.03) then 1
            else 0
        end as is_on
    from compared
),

final as (
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
        {{ as_double('spikes.silent') }} / nullif(spikes.n, 0) as value,
        spikes.n,
        {{ wilson_bound('spikes.silent', 'nullif(spikes.n, 0)', 'low') }} as ci_low,
        {{ wilson_bound('spikes.silent', 'nullif(spikes.n, 0)', 'high') }} as ci_high,
        spikes.threshold
    from spikes
    inner join persons
        on spikes.agent_key = persons.agent_key
)

select * from final
where is_on or is_clear
