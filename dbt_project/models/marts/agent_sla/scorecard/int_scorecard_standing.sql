{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- Eligibility, interval, shrunken rate and band of each person (catalogue §11.1, §11.3, §11.4), before gates. A 7- or 28-day row
-- with fewer than 30 judged obligations is put into a band by its 90 days.
with rates as (
    select
        rates.*,
        periods.last_day,
        periods.start_at,
        homes.team_key
    from {{ ref('int_scorecard_rates') }} as rates
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        rates.tenant_id = periods.tenant_id
        and rates.period_type = periods.period_type
        and rates.period_start = periods.period_start
    left join {{ ref('core__home_teams') }} as homes
        on
        rates.agent_key = homes.agent_key
        and periods.last_day >= cast(homes.valid_from as date)
        and (periods.last_day < cast(homes.valid_to as date) or homes.valid_to is null)
),

started as (
    select
        agents.agent_key,
        coalesce(agents.hired_on, min(cast(homes.valid_from as date))) as started_on
    from {{ ref('dim_agents') }} as agents
    left join {{ ref('core__home_teams') }} as homes
        on agents.agent_key = homes.agent_key
    group by agents.agent_key, agents.hired_on
),

-- Method of moments over the persons of a whole quarter: how much they differ beyond chance decides how far a rate of few
-- obligations is drawn to the mean.
quarters as (
    select
        added.tenant_id,
        added.layer,
        periods.end_at,
        case
            when added.persons < 5 then 50
            when added.between_variance <= 0 then 500
            else least(greatest(round(added.mean_rate * (1 - added.mean_rate) / added.between_variance - 1, 6), 10), 500)
        end as strength
    from (
        select
            tenant_id,
            layer,
            period_start,
            count(*) as persons,
            max(mean_rate) as mean_rate,
            -- decimals: a sum of doubles depends on which thread adds first
            (
                {{ as_double('sum(cast(round(n * (adjusted_rate - mean_rate) * (adjusted_rate - mean_rate), 12) as decimal(38, 12)))') }}
                - (count(*) - 1) * max(mean_rate) * (1 - max(mean_rate))
            )
            / nullif(sum(n) - {{ as_double('sum(n * n)') }} / nullif(sum(n), 0), 0) as between_variance
        from (
            select
                *,
                {{ as_double('sum(cast(round(n * adjusted_rate, 9) as decimal(28, 9))) over (partition by tenant_id, layer, period_start)') }}
                / nullif(sum(n) over (partition by tenant_id, layer, period_start), 0) as mean_rate
            from rates
            where period_type = 'quarter' and platform = 'all' and n >= 30
        ) as persons
        group by tenant_id, layer, period_start
    ) as added
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        added.tenant_id = periods.tenant_id
        and added.period_start = periods.period_start
        and periods.period_type = 'quarter'
),

strengths as (
    select
        periods.tenant_id,
        periods.period_type,
        periods.period_start,
        quarters.layer,
        {{ max_by('quarters.strength', 'quarters.end_at') }} as strength
    from {{ ref('int_scorecard_periods') }} as periods
    inner join quarters
        on
        periods.tenant_id = quarters.tenant_id
        and periods.start_at >= quarters.end_at
    group by periods.tenant_id, periods.period_type, periods.period_start, quarters.layer
),

goals as (
    select
        rates.tenant_id,
        rates.period_type,
        rates.period_start,
        rates.layer,
        rates.platform,
        coalesce(
            max(case when targets.scope_type = 'platform' then targets.target end),
            max(case when targets.scope_type = 'company' then targets.target end)
        ) as goal
    from (select distinct tenant_id, period_type, period_start, layer, platform, last_day from rates) as rates
    inner join {{ ref('kpi_targets') }} as targets
        on
        rates.tenant_id = targets.tenant_id
        and rates.layer = targets.layer
        and targets.kpi_id = 'sla_compliance'
        and targets.stat = 'ratio'
        and rates.last_day >= targets.valid_from
        and (rates.last_day < targets.valid_to or targets.valid_to is null)
        and (targets.scope_type = 'company' or (targets.scope_type = 'platform' and targets.scope_id = rates.platform))
    group by rates.tenant_id, rates.period_type, rates.period_start, rates.layer, rates.platform
),

based as (
    select
        rates.*,
        goals.goal,
        coalesce(strengths.strength, 50) as strength,
        case when rates.n < 30 and rates.period_type in ('7d', '28d') and longer.n >= 30 then '90d' else rates.period_type end as band_basis,
        case when rates.n < 30 and rates.period_type in ('7d', '28d') and longer.n >= 30 then longer.n else rates.n end as basis_n,
        {%- for column in ['adjusted_rate', 'ci_low', 'ci_high', 'scale_to_adjusted', 'overall_rate', 'z'] %}
        case
            when rates.n < 30 and rates.period_type in ('7d', '28d') and longer.n >= 30 then longer.{{ column }} else rates.{{ column }}
        end as basis_{{ column }},
        {%- endfor %}
        {{ as_double('sum(rates.n_met) over (partition by rates.tenant_id, rates.period_type, rates.period_start, rates.layer, rates.platform, rates.team_key)') }}
        / nullif(
            {{ as_double('sum(rates.expected) over (partition by rates.tenant_id, rates.period_type, rates.period_start, rates.layer, rates.platform, rates.team_key)') }},
            0
        ) * rates.overall_rate as team_mean,
        agents.agent_analytics_allowed and agents.agent_views <> 'off' as is_allowed,
        case
            when agents.is_bot then 'automatic responder'
            when started.started_on > {{ add_days('rates.last_day', -30) }} then 'fewer than 30 days with the team'
            when rates.n + rates.n_left_out = 0 then 'no judged obligations'
            when rates.n = 0 then 'the sources of the channel do not name persons or times well enough'
        end as ineligible
    from rates
    inner join {{ ref('dim_agents') }} as agents
        on rates.agent_key = agents.agent_key
    inner join started
        on rates.agent_key = started.agent_key
    left join rates as longer
        on
        rates.tenant_id = longer.tenant_id
        and rates.layer = longer.layer
        and rates.platform = longer.platform
        and rates.agent_key = longer.agent_key
        and longer.period_type = '90d'
    left join strengths
        on
        rates.tenant_id = strengths.tenant_id
        and rates.period_type = strengths.period_type
        and rates.period_start = strengths.period_start
        and rates.layer = strengths.layer
    left join goals
        on
        rates.tenant_id = goals.tenant_id
        and rates.period_type = goals.period_type
        and rates.period_start = goals.period_start
        and rates.layer = goals.layer
        and rates.platform = goals.platform
    where rates.period_type <> 'quarter'
),

-- With more than twenty persons chance alone puts some outside; what the board spreads beyond chance widens all limits.
dispersed as (
    select
        *,
        case
            when count(case when basis_n >= 30 and ineligible is null then 1 end) over board > 20
                then
                    round(greatest(1, {{ as_double('sum(case when basis_n >= 30 and ineligible is null then cast(round(basis_z * basis_z, 6) as decimal(28, 6)) end) over board') }} / count(case when basis_n >= 30 and ineligible is null then basis_z end) over board), 6)
            else 1
        end as overdispersion
    from based
    window board as (partition by tenant_id, period_type, period_start, layer, platform)
),

limited as (
    select
        *,
        coalesce(ineligible, case
            when basis_n < 30 and basis_n + n_left_out >= 30 then 'fewer than 30 of the judged obligations name persons and times well enough'
            when basis_n < 30 then 'fewer than 30 judged obligations'
            when basis_adjusted_rate is null then 'nobody met anything of the same work'
        end) as eligibility_reason,
        -- a team of which nothing was expected has no mean of its own
        round((basis_adjusted_rate * basis_n + strength * coalesce(team_mean, overall_rate)) / nullif(basis_n + strength, 0), 9)
            as shrunken_rate,
        case
            when basis_adjusted_rate is not null
                then
                    round(
                        greatest(
                            basis_adjusted_rate
                            - greatest(basis_adjusted_rate - basis_ci_low * basis_scale_to_adjusted, 0) * sqrt(overdispersion),
                            0
                        ),
                        9
                    )
        end as adjusted_low,
        case
            when basis_adjusted_rate is not null
                then
                    round(
                        least(
                            basis_adjusted_rate
                            + greatest(basis_ci_high * basis_scale_to_adjusted - basis_adjusted_rate, 0) * sqrt(overdispersion),
                            1
                        ),
                        9
                    )
        end as adjusted_high
    from dispersed
)

select
    *,
    case
        when eligibility_reason is not null then 'insufficient'
        when goal is null then 'insufficient'
        when adjusted_low > goal then 'above'
        when goal between adjusted_low and adjusted_high or team_mean between adjusted_low and adjusted_high then 'in_range'
        when adjusted_high < goal then 'below'
        else 'in_range'
    end as band_before_gates
from limited
