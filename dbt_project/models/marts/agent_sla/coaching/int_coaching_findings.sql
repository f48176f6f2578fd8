{%- set rows_of = 'partition by counted.tenant_id, counted.flag_id, counted.subject, counted.source_system, counted.period_type' -%}
{%- set team_rows = rows_of ~ ', homes.team_key' -%}
{{ config(schema='intermediate', access='protected', contract={'enforced': false}, materialized='table') }}

-- Persons whose facts fulfil the condition of a coaching flag, measured against the others (catalogue §13): by reason against all
-- others, as an outlier against the rest of the home team, in quality against the minimum. The last 28 days, if they hold enough.
with periods as (
    select tenant_id, period_type, start_at, end_at, last_day
    from {{ ref('int_scorecard_periods') }}
    where period_type in ('28d', '90d')

    union all

    select periods.tenant_id, '30d' as period_type, days.day_start_at as start_at, periods.end_at, periods.last_day
    from {{ ref('int_scorecard_periods') }} as periods
    inner join {{ ref('dim_dates') }} as days
        on
        periods.tenant_id = days.tenant_id
        and days.date_day = {{ add_days('periods.last_day', -29) }}
    where periods.period_type = '28d'
),

counted as (
    select
        facts.tenant_id,
        facts.flag_id,
        facts.subject,
        facts.source_system,
        facts.agent_key,
        periods.period_type,
        periods.start_at,
        periods.end_at,
        periods.last_day,
        count(*) as n,
        sum(facts.numerator) as numerator,
        sum(facts.denominator) as denominator
    from {{ ref('int_coaching_facts') }} as facts
    inner join periods
        on
        facts.tenant_id = periods.tenant_id
        and facts.happened_at >= periods.start_at
        and facts.happened_at < periods.end_at
        and (facts.flag_id = 'knowledge_gap') = (periods.period_type = '30d')
    group by
        facts.tenant_id, facts.flag_id, facts.subject, facts.source_system, facts.agent_key, periods.period_type, periods.start_at,
        periods.end_at, periods.last_day
),

peered as (
    select
        counted.*,
        homes.team_key,
        {%- for column in ['n', 'numerator', 'denominator'] %}
        case
            when counted.flag_id in ('reopen_outlier', 'retag_outlier') then sum(counted.{{ column }}) over ({{ team_rows }})
            else sum(counted.{{ column }}) over ({{ rows_of }})
        end - counted.{{ column }} as peer_{{ column }},
        {%- endfor %}
        agents.agent_analytics_allowed and agents.agent_views <> 'off' as is_allowed
    from counted
    inner join {{ ref('dim_agents') }} as agents
        on counted.agent_key = agents.agent_key
    left join {{ ref('core__home_teams') }} as homes
        on
        counted.agent_key = homes.agent_key
        and counted.last_day >= cast(homes.valid_from as date)
        and (counted.last_day < cast(homes.valid_to as date) or homes.valid_to is null)
    where not agents.is_bot
),

-- The goal an outlier must miss besides, and the minimum of quality, as in force on the last day.
bounds as (
    select
        peered.tenant_id,
        peered.flag_id,
        {{ max_by('targets.target', 'targets.valid_from') }} as bound
    from (select distinct tenant_id, flag_id, last_day from peered) as peered
    inner join {{ ref('kpi_targets') }} as targets
        on
        peered.tenant_id = targets.tenant_id
        and case peered.flag_id when 'reopen_outlier' then 'reopen_rate' when 'retag_outlier' then 'retag_rate' when 'quality_below_min' then 'agent_quality_rate' end
        = targets.kpi_id
        and targets.stat = case when peered.flag_id = 'quality_below_min' then 'minimum' else 'ratio' end
        and targets.scope_type = 'company'
        and peered.last_day >= targets.valid_from
        and (peered.last_day < targets.valid_to or targets.valid_to is null)
    group by peered.tenant_id, peered.flag_id
),

measured as (
    select
        peered.*,
        bounds.bound,
        round({{ as_double('peered.numerator') }} / nullif(peered.denominator, 0), 6) as value,
        round({{ as_double('peered.peer_numerator') }} / nullif(peered.peer_denominator, 0), 6) as peer_value,
        {{ wilson_bound('least(peered.numerator, peered.n)', 'peered.n', 'low') }} as ci_low,
        {{ wilson_bound('least(peered.numerator, peered.n)', 'peered.n', 'high') }} as ci_high,
        row_number() over (
            partition by peered.tenant_id, peered.flag_id, peered.subject, peered.source_system, peered.agent_key order by peered.period_type
        ) as preference
    from peered
    left join bounds
        on
        peered.tenant_id = bounds.tenant_id
        and peered.flag_id = bounds.flag_id
    where
        peered.flag_id = 'knowledge_gap'
        or peered.n >= case when peered.flag_id = 'quality_below_min' then 5 else 15 end
)

select * from measured
where
    preference = 1
    and is_allowed
    and case
        when flag_id = 'high_aht_reason' then peer_n >= 15 and value > 1.5 * peer_value
        when flag_id = 'low_fcr_reason' then peer_n >= 15 and ci_high < peer_value
        when flag_id = 'macro_unused' then peer_n >= 15 and value < 0.5 * peer_value
        when flag_id in ('reopen_outlier', 'retag_outlier') then numerator >= 5 and ci_low > greatest(3 * coalesce(peer_value, 0), coalesce(bound, 0))
        when flag_id = 'quality_below_min' then value < coalesce(bound, 0.85)
        when flag_id = 'knowledge_gap' then numerator >= 2
    end
