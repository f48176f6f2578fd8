{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of `backlog_high` at the end of every day: tickets that wait for an agent, in days of work at the pace of the last 28 days, of
-- the company and of each team (the ticket's). A pace is known once a scope has 28 days behind it; one that has stopped altogether is
-- as severe as can be. Neither side holds tickets of a source that does not tell what the number needs.
with days as (
    select * from {{ ref('int_alert_days') }}
),

parts as (
    select
        backlog.tenant_id,
        teams.team_id,
        days.day_no,
        backlog.n_actionable as waiting,
        0 as resolved
    from {{ ref('backlog_daily') }} as backlog
    inner join days
        on
        backlog.tenant_id = days.tenant_id
        and backlog.date_day = days.date_day
    left join {{ ref('dim_teams') }} as teams
        on backlog.team_key = teams.team_key
    where backlog.n_actionable is not null
    union all
    select
        cycles.tenant_id,
        teams.team_id,
        days.day_no,
        0 as waiting,
        1 as resolved
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join {{ ref('dim_tickets') }} as tickets
        on cycles.ticket_key = tickets.ticket_key
    inner join {{ ref('int_reporting_days') }} as days
        on
        cycles.tenant_id = days.tenant_id
        and cast(cycles.ended_at as date) = days.utc_date
        and cycles.ended_at >= days.day_start_at
        and cycles.ended_at < days.day_end_at
    left join {{ ref('int_kpi_ticket_teams') }} as held
        on
        cycles.ticket_key = held.ticket_key
        and cycles.ended_at >= held.from_at
        and (cycles.ended_at < held.to_at or held.to_at is null)
    left join {{ ref('dim_teams') }} as teams
        on held.team_key = teams.team_key
    where not tickets.is_excluded and {{ kpi_is_seen('cycles.ticket_key', 'backlog_days') }}
),

daily as (
    select
        tenant_id,
        case when grouping(team_id) = 0 then 'team' else 'company' end as scope_type,
        case when grouping(team_id) = 0 then team_id else 'company' end as scope_id,
        day_no,
        sum(waiting) as waiting,
        sum(resolved) as resolved
    from parts
    group by grouping sets ((tenant_id, day_no), (tenant_id, day_no, team_id))
),

spans as (
    select
        tenant_id,
        scope_type,
        scope_id,
        min(day_no) as first_no
    from daily
    where scope_id is not null
    group by tenant_id, scope_type, scope_id
),

grid as (
    select
        spans.tenant_id,
        spans.scope_type,
        spans.scope_id,
        days.state_at,
        days.day_no,
        days.day_no - spans.first_no >= 27 as is_full,
        coalesce(daily.waiting, 0) as waiting,
        coalesce(sum(daily.resolved) over (series rows between 27 preceding and current row), 0) as resolved,
        coalesce(sum(daily.resolved) over (series rows unbounded preceding), 0) as resolved_ever
    from spans
    inner join days
        on
        spans.tenant_id = days.tenant_id
        and spans.first_no <= days.day_no
    left join daily
        on
        spans.tenant_id = daily.tenant_id
        and spans.scope_type = daily.scope_type
        and spans.scope_id = daily.scope_id
        and days.day_no = daily.day_no
    window series as (partition by spans.tenant_id, spans.scope_type, spans.scope_id order by days.day_no)
),

levelled as (
    select
        grid.*,
        limits.medium_limit,
        limits.high_limit,
        limits.critical_limit,
        case
            when not grid.is_full or grid.waiting < limits.min_n or grid.resolved_ever = 0 then null
            {%- for severity in ['critical', 'high', 'medium'] %}
            when grid.waiting * 28 > limits.{{ severity }}_limit * grid.resolved then '{{ severity }}'
            {%- endfor %}
        end as severity,
        limits.lowest_limit
    from grid
    inner join {{ ref('int_alert_limits') }} as limits
        on
        grid.tenant_id = limits.tenant_id
        and grid.day_no = limits.day_no
        and limits.rule_id = 'backlog_high'
),

final as (
    select
        tenant_id,
        'backlog_high' as rule_id,
        scope_type,
        scope_id,
        cast(null as varchar) as agent_key,
        state_at,
        severity is not null as is_on,
        is_full
        and max(case when severity is not null then 1 else 0 end) over (
            partition by tenant_id, scope_type, scope_id order by day_no rows between 2 preceding and current row
        ) = 0 as is_clear,
        {{ as_double('waiting * 28') }} / nullif(resolved, 0) as value,
        waiting as n,
        {{ as_double('null') }} as ci_low,
        {{ as_double('null') }} as ci_high,
        {{ as_double("case severity when 'critical' then critical_limit when 'high' then high_limit else lowest_limit end") }} as threshold,
        severity
    from levelled
)

select * from final
where is_on or is_clear
