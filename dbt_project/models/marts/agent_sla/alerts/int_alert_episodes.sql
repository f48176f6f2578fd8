{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- From states to alerts with hysteresis: an alert opens at the first `is_on` and ends at the next `is_clear`; what lies between neither
-- repeats nor ends it. A function of history alone, so a rebuild opens and ends the same alerts.
with states as (
    select
        *,
        cast(null as varchar) as severity
    from {{ ref('int_alert_compliance_states') }}
    union all
    select
        *,
        cast(null as varchar) as severity
    from {{ ref('int_alert_watch_states') }}
    union all
    select
        *,
        cast(null as varchar) as severity
    from {{ ref('int_alert_closing_states') }}
    union all
    select
        *,
        cast(null as varchar) as severity
    from {{ ref('int_alert_reason_states') }}
    union all
    select
        *,
        cast(null as varchar) as severity
    from {{ ref('int_alert_team_states') }}
    union all
    select
        *,
        cast(null as varchar) as severity
    from {{ ref('int_alert_source_states') }}
    union all
    select * from {{ ref('int_alert_resolution_states') }}
    union all
    select * from {{ ref('int_alert_backlog_states') }}
),

-- a day that is both (an old signal within a quiet period) counts as on
decided as (
    select
        *,
        lag(is_on) over series as was_on
    from states
    window series as (partition by tenant_id, rule_id, scope_type, scope_id order by state_at)
),

changes as (
    select
        *,
        lead(state_at) over (partition by tenant_id, rule_id, scope_type, scope_id order by state_at) as changed_at
    from decided
    where is_on <> coalesce(was_on, false)
),

latest as (
    select
        changes.tenant_id,
        changes.rule_id,
        changes.scope_type,
        changes.scope_id,
        changes.state_at as opened_at,
        max(changes.changed_at) as resolved_at,
        max(changes.agent_key) as agent_key,
        max(states.state_at) as last_on_at
    from changes
    inner join states
        on
        changes.tenant_id = states.tenant_id
        and changes.rule_id = states.rule_id
        and changes.scope_type = states.scope_type
        and changes.scope_id = states.scope_id
        and states.is_on
        and changes.state_at <= states.state_at
        and (changes.changed_at > states.state_at or changes.changed_at is null)
    where changes.is_on
    group by changes.tenant_id, changes.rule_id, changes.scope_type, changes.scope_id, changes.state_at
)

select
    latest.*,
    states.value,
    states.n,
    states.ci_low,
    states.ci_high,
    states.threshold,
    -- of rules with levels: what the last evaluation said
    states.severity
from latest
inner join states
    on
    latest.tenant_id = states.tenant_id
    and latest.rule_id = states.rule_id
    and latest.scope_type = states.scope_type
    and latest.scope_id = states.scope_id
    and latest.last_on_at = states.state_at
