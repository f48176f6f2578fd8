{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of the alert about persons whose compliance is surely below goal, per layer and policy at the end of every day (§13): by the
-- measure of the bands (§11.4), an interval that holds neither the goal nor what all others kept under the same policy. As in all
-- state models `is_on` opens an alert, `is_clear` ends one; rows with neither leave it as it is.
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

-- what everybody else kept under the policy in the same week: whoever keeps as much works as well as the promise lets them
compared as (
    select
        *,
        sum(n_7) over (partition by tenant_id, part, day_no) - n_7 as others,
        sum(met_7) over (partition by tenant_id, part, day_no) - met_7 as others_met
    from judged
),

below as (
    select
        *,
        case
            when n < 20 or is_over then 0
            when {{ wilson_bound('met', 'n', 'high') }} >= goal then 0
            when others >= 20 and {{ wilson_bound('met', 'n', 'high') }} >= {{ as_double('others_met') }} / others then 0
            else 1
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
)

select * from final
where is_on or is_clear
