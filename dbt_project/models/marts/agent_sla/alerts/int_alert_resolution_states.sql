{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of `resolution_below` at the end of every day: resolution compliance of the company and of each team surely below goal, per
-- layer. Last seven days with enough verdicts, else the last fifty; the more points the better end of the interval is short of the
-- goal, the more severe.
with days as (
    select * from {{ ref('int_alert_days') }}
),

judged as (
    select
        facts.tenant_id,
        facts.layer,
        facts.sla_verdict_key,
        facts.verdict_at,
        teams.team_id,
        days.day_no,
        case when facts.verdict = 'met' then 1 else 0 end as met
    from {{ ref('fct_sla_verdicts') }} as facts
    inner join {{ ref('int_reporting_days') }} as days
        on
        facts.tenant_id = days.tenant_id
        and cast(facts.verdict_at as date) = days.utc_date
        and facts.verdict_at >= days.day_start_at
        and facts.verdict_at < days.day_end_at
    left join {{ ref('dim_teams') }} as teams
        on facts.sla_owner_team_key = teams.team_key
    where
        facts.metric = 'resolution'
        and facts.verdict in ('met', 'breached')
        and {{ kpi_is_seen('facts.ticket_key', 'sla_compliance_resolution') }}
),

scoped as (
    select
        *,
        'company' as scope_type,
        'company' as scope
    from judged
    union all
    select
        *,
        'team' as scope_type,
        team_id as scope
    from judged
    where team_id is not null
),

verdicts as (
    select
        *,
        row_number() over series as place,
        sum(met) over (series rows unbounded preceding) as met_up_to
    from scoped
    window series as (partition by tenant_id, scope_type, scope, layer order by verdict_at, met, sla_verdict_key)
),

daily as (
    select
        tenant_id,
        scope_type,
        scope,
        layer,
        day_no,
        count(*) as n,
        sum(met) as met,
        max(place) as n_up_to,
        max(met_up_to) as met_up_to
    from verdicts
    group by tenant_id, scope_type, scope, layer, day_no
),

spans as (
    select
        tenant_id,
        scope_type,
        scope,
        layer,
        min(day_no) as first_no,
        max(day_no) as last_no
    from daily
    group by tenant_id, scope_type, scope, layer
),

-- Four weeks after the last verdict there is nothing to say any more.
grid as (
    select
        spans.tenant_id,
        spans.scope_type,
        spans.scope,
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
        and spans.scope_type = daily.scope_type
        and spans.scope = daily.scope
        and spans.layer = daily.layer
        and days.day_no = daily.day_no
    window series as (partition by spans.tenant_id, spans.scope_type, spans.scope, spans.layer order by days.day_no)
),

windowed as (
    select
        grid.*,
        limits.medium_limit,
        limits.high_limit,
        limits.critical_limit,
        limits.lowest_limit,
        limits.min_n,
        case when grid.n_7 >= limits.min_n then grid.n_7 else least(grid.n_all, 50) end as n,
        case when grid.n_7 >= limits.min_n then grid.met_7 else grid.met_all - coalesce(before.met_up_to, 0) end as met,
        {{ as_double('goals.target') }} as goal
    from grid
    left join verdicts as before
        on
        grid.tenant_id = before.tenant_id
        and grid.scope_type = before.scope_type
        and grid.scope = before.scope
        and grid.layer = before.layer
        and grid.n_all - 50 = before.place
    inner join {{ ref('int_alert_limits') }} as limits
        on
        grid.tenant_id = limits.tenant_id
        and grid.day_no = limits.day_no
        and limits.rule_id = 'resolution_below'
    inner join {{ ref('kpi_targets') }} as goals
        on
        grid.tenant_id = goals.tenant_id
        and grid.layer = goals.layer
        and goals.kpi_id = 'sla_compliance_resolution'
        and goals.stat = 'ratio'
        and goals.scope_type = 'company'
        and grid.date_day >= goals.valid_from
        and (grid.date_day < goals.valid_to or goals.valid_to is null)
),

levelled as (
    select
        *,
        case
            when n < min_n or is_over then null
            {%- for severity in ['critical', 'high', 'medium'] %}
            when goal - {{ wilson_bound('met', 'n', 'high') }} > {{ as_double(severity ~ '_limit') }} then '{{ severity }}'
            {%- endfor %}
        end as severity
    from windowed
),

final as (
    select
        tenant_id,
        'resolution_below' as rule_id,
        scope_type,
        scope || '|' || layer as scope_id,
        cast(null as varchar) as agent_key,
        state_at,
        severity is not null as is_on,
        max(case when severity is not null then 1 else 0 end) over (
            partition by tenant_id, scope_type, scope, layer order by day_no rows between 2 preceding and current row
        ) = 0 as is_clear,
        {{ as_double('met') }} / nullif(n, 0) as value,
        n,
        {{ wilson_bound('met', 'n', 'low') }} as ci_low,
        {{ wilson_bound('met', 'n', 'high') }} as ci_high,
        goal - {{ as_double("case severity when 'critical' then critical_limit when 'high' then high_limit else lowest_limit end") }} as threshold,
        severity
    from levelled
)

select * from final
where is_on or is_clear
